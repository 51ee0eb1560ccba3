import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { classifyReply, type Outcome } from '../../outcome/rest-outcome.ts';
import {
  type LeveragePreference,
  leveragePreference,
  type MaxLeverage,
  maxLeverage,
  type PnlPreference,
  pnlPreference,
  selfTradeStrategy,
  type SelfTradeStrategy,
} from './settings-readers.ts';
import { list } from '../../json/readers.ts';
import { type RawClient } from '../raw-client.ts';
import { enveloped, type Read, readReply } from '../reading.ts';

/**
 * Margin mode, profit currency, self-trade strategy, leverage cap [rest 2.5, 2.6]. No command sets
 * them yet: it waits for the operator console.
 */
export interface RestSettingsGateway {
  /** Markets in isolated margin; those in cross margin are absent. */
  readonly leverages: () => Read<readonly LeveragePreference[]>;
  readonly setIsolatedLeverage: (
    symbol: TradingSymbol,
    leverageMax: DecimalText,
  ) => Promise<Outcome>;
  /** The venue reads an absent leverage as "cross margin": so this has a name of its own. */
  readonly setCrossMargin: (symbol: TradingSymbol) => Promise<Outcome>;
  readonly pnlCurrencies: () => Read<readonly PnlPreference[]>;
  readonly setPnlCurrency: (symbol: TradingSymbol, currency: string) => Promise<Outcome>;
  readonly selfTradeStrategy: () => Read<string>;
  readonly setSelfTradeStrategy: (strategy: SelfTradeStrategy) => Read<string>;
  /** Cap of leverage reached through assignments and RFQ fills; master accounts only. */
  readonly assignmentLeverageMax: () => Read<MaxLeverage>;
  readonly setAssignmentLeverageMax: (leverageMax: DecimalText) => Read<MaxLeverage>;
  readonly clearAssignmentLeverageMax: () => Read<MaxLeverage>;
}

export const makeRestSettingsGateway = (client: RawClient): RestSettingsGateway => ({
  leverages: async () =>
    readReply(
      await client.leveragepreferencesGet({}),
      enveloped('leveragePreferences', list(leveragePreference)),
      'leveragepreferences-get',
    ),
  setIsolatedLeverage: async (symbol, leverageMax) =>
    classifyReply(
      await client.leveragepreferencesPut({ symbol, maxLeverage: leverageMax }),
      'setting',
    ),
  setCrossMargin: async (symbol) =>
    classifyReply(await client.leveragepreferencesPut({ symbol }), 'setting'),
  pnlCurrencies: async () =>
    readReply(
      await client.pnlpreferencesGet({}),
      enveloped('preferences', list(pnlPreference)),
      'pnlpreferences-get',
    ),
  setPnlCurrency: async (symbol, pnlPreference) =>
    classifyReply(await client.pnlpreferencesPut({ symbol, pnlPreference }), 'setting'),
  selfTradeStrategy: async () =>
    readReply(
      await client.selfTradeStrategyGet({}),
      enveloped('strategy', selfTradeStrategy),
      'self-trade-strategy-get',
    ),
  setSelfTradeStrategy: async (strategy) =>
    readReply(
      await client.selfTradeStrategyPut({ strategy }),
      enveloped('strategy', selfTradeStrategy),
      'self-trade-strategy-put',
      'setting',
    ),
  assignmentLeverageMax: async () =>
    readReply(await client.rfqAssignmentMaxLeverageGet({}), maxLeverage, 'max-leverage-get'),
  setAssignmentLeverageMax: async (leverageMax) =>
    readReply(
      await client.rfqAssignmentMaxLeveragePut({ maxLeverage: leverageMax }),
      maxLeverage,
      'max-leverage-put',
      'setting',
    ),
  clearAssignmentLeverageMax: async () =>
    readReply(
      await client.rfqAssignmentMaxLeverageDelete({}),
      maxLeverage,
      'max-leverage-delete',
      'setting',
    ),
});
