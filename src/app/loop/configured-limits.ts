import { type Config, type RiskConfig, type TradingSessionConfig } from '../../config/config.ts';
import { ENGINE_SCOPE, type LimitKey, OFF, type ScopeKey } from '../../core/limit.ts';
import {
  type ConfiguredLimits,
  type LimitTexts,
  type VenueUnits,
} from '../../core/risk/limits/limit-book.ts';
import { LIMIT_CONTROLS } from '../../core/risk/controls.ts';
import { defined } from '../../lib/defined.ts';

/** The values of one scope, as the configuration has them. */
type Values = Readonly<Partial<Record<LimitKey, string | number | readonly string[] | undefined>>>;

/**
 * The limits of the configuration by scope, and the scopes for which operators may set some. Those
 * of an account stand under the name of its session, by which the books know it.
 */
export const configuredLimitsOf = (
  { risk, instruments, sessions }: Config,
  tradingSessions: readonly [TradingSessionConfig, ...TradingSessionConfig[]],
): ConfiguredLimits => {
  const sessionByAccount = new Map(tradingSessions.map(({ account, name }) => [account, name]));
  const byScope = new Map<ScopeKey, LimitTexts>([[ENGINE_SCOPE, textsOf(risk)]]);
  const add = (scope: ScopeKey, values: Values | undefined): void => {
    byScope.set(scope, textsOf(values ?? {}));
  };
  for (const { name } of tradingSessions) add(`account:${name}`, undefined);
  for (const [account, values] of risk.accounts) {
    // Other names are what the clients of a single account write in Account(1).
    add(`account:${sessionByAccount.get(account) ?? account}`, values);
  }
  for (const { symbol } of instruments) add(`instrument:${symbol}`, risk.symbols.get(symbol));
  const clients = sessions.filter(({ role }) => role === 'client').map((one) => one.name);
  for (const client of ['library', ...clients]) {
    add(`client:${client}`, risk.clients.get(client));
  }
  for (const [tag, values] of risk.strategies) add(`strategy:${tag}`, values);
  return {
    byScope,
    withoutReferencePrice: risk.withoutReferencePrice,
    executionsWindowMs: risk.executionsWindowMs,
    changes: changesOf(risk),
    venueUnits: venueUnitsOf(tradingSessions[0]),
    venueUnitsBySession: new Map(tradingSessions.map((one) => [one.name, venueUnitsOf(one)])),
  };
};

const venueUnitsOf = ({ rateBudget }: TradingSessionConfig): VenueUnits => ({
  order: rateBudget.orderUnits,
  cancel: rateBudget.cancelUnits,
});

const changesOf = ({ changes }: RiskConfig): ConfiguredLimits['changes'] => {
  const { operators, holdMsMax, proposalMsMax, killRelease } = changes;
  const names = operators && new Set(operators);
  return { holdMsMax, proposalMsMax, killRelease, ...defined({ operators: names }) };
};

/** Values were checked when the configuration was read. */
const textsOf = (values: Values): LimitTexts => {
  const texts: { [Limit in LimitKey]?: string } = {};
  for (const { limit } of LIMIT_CONTROLS) {
    const value = values[limit];
    if (value === undefined || value === 'allow') continue;
    texts[limit] = typeof value === 'object' ? value.join(',') || OFF : String(value);
  }
  return texts;
};
