import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { type EpochMs, type TimeDeps } from '../../lib/time.ts';
import { type Certificate } from '../certificate.ts';
import { type AccountSpec } from '../exchange/model/account.ts';
import { type ExchangeRules } from '../exchange/model/rules.ts';
import { type SimulatorClient } from '../gateways/fix/trading/trading-gateway.ts';
import { type RestKey } from '../gateways/rest/rest-key.ts';
import { type RestServiceOptions } from '../gateways/rest/rest-service.ts';
import { type LedgerEntry } from '../ledger-entry.ts';
import { type FeedGatewayOptions, type MarketDataPorts } from '../market-data-gateways.ts';
import { type BackgroundMarket } from '../market/background-market.ts';
import { type StateLog } from '../state/state-log.ts';
import { type FixToggles } from './fix-toggles.ts';

export interface SimulatorOptions {
  readonly seed: number;
  /** Contracts to list, of the whole catalogue; see `instruments` when left out. */
  readonly symbols?: readonly string[];
  /**
   * Number of contracts to list, the recorded ones first, then those made by rule. When left out:
   * the recorded ones.
   */
  readonly instruments?: number;
  readonly clients: readonly SimulatorClient[];
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly tradingPort: number;
  /** Plain TCP when left out. */
  readonly certificate?: Certificate;
  /** Time between steps of the background market; 0 switches it off. */
  readonly marketIntervalMs: number;
  /** How much of the past is kept in memory; see RowLimits. */
  readonly rowsMax?: number;
  /** API keys of REST and WebSocket. */
  readonly keys?: readonly RestKey[];
  /** WebSocket feeds on a port of their own (0: chosen by the system); none when left out. */
  readonly feeds?: FeedGatewayOptions;
  /**
   * FIX market data on ports of their own (0: chosen by the system), for the CompIDs of `clients`;
   * none when left out.
   */
  readonly marketData?: MarketDataPorts;
  readonly onLedgerEntry?: (entry: LedgerEntry) => void;
  /** REST on a port of its own (0: chosen by the system), with `keys`; none when left out. */
  readonly rest?: RestGatewayOptions;
  /** Port of the operators' endpoint, loopback only; none when left out. */
  readonly adminPort?: number;
  /** Accounts beyond the clients' and the keys', e.g. subaccounts; see `fundedAccount`. */
  readonly accounts?: readonly AccountSpec[];
  /** Keeps the venue over restarts. The options must be those of its first start. */
  readonly state?: KeptState;
  /** A recording instead of the seeded agents. */
  readonly background?: BackgroundMarket;
  /** Rules that the venue does not publish, or that may be switched. */
  readonly rules?: Partial<ExchangeRules>;
  /** How long a market holds takers, by symbol, instead of what its specification says. */
  readonly makerProtectionMillis?: Readonly<Record<string, number>>;
  readonly fix?: Partial<FixToggles>;
  /**
   * Time of the daily reset of FIX sequence numbers, milliseconds after midnight UTC; none when
   * left out.
   */
  readonly rolloverAtMs?: number;
}

export interface SimulatorDeps extends TimeDeps {
  /** KRAKEN-DRV-FIX44.xml. */
  readonly dictionary: FixDictionary;
}

/** A venue that outlives its process. */
interface KeptState {
  /** Time of its first start. */
  readonly startAt: EpochMs;
  readonly log: StateLog;
}

interface RestGatewayOptions extends Pick<
  RestServiceOptions,
  'limits' | 'options' | 'certificate'
> {
  readonly port: number;
}
