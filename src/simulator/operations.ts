import { type Clock, type Timers } from '../lib/time.ts';
import { type AdminServer, makeAdminServer } from './admin/admin-server.ts';
import { BACKGROUND_MAKER, BACKGROUND_TAKER } from './market/background-market.ts';
import { type ExchangeCommand } from './exchange/model/commands.ts';
import { type ExchangeQueries } from './exchange/reads/queries.ts';
import { type FaultRegistry } from './faults/fault-registry.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import { type FaultParts } from './faults/fault-parts.ts';
import { type FixRoute } from './gateways/fix/fix-route.ts';
import { type Ledger } from './ledger.ts';
import { ExchangeClient } from './gateways/rest/exchange-client.ts';
import { type NoticeStore } from './gateways/rest/stores/notice-store.ts';
import { type RestKey } from './gateways/rest/rest-key.ts';
import {
  makeRestService,
  type RestService,
  type RestServiceOptions,
} from './gateways/rest/rest-service.ts';
import { type StateKeeper } from './state/state-record.ts';
import { type VenueRuntime } from './venue-runtime.ts';
import { type FeedServer } from './gateways/websocket/connection/feed-server.ts';

export interface RestOptionsOfRun extends Pick<
  RestServiceOptions,
  'limits' | 'options' | 'certificate'
> {
  readonly port: number;
}

/** What REST, faults and operators need to know of a run. */
interface RunOptions {
  readonly seed: number;
  readonly keys?: readonly RestKey[];
  readonly rest?: RestOptionsOfRun;
  readonly adminPort?: number;
  readonly rowsMax?: number;
}

interface RunDeps {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** What the parts of one run know of each other. */
export interface Shared {
  readonly runtime: VenueRuntime;
  readonly queries: ExchangeQueries;
  readonly notices: NoticeStore;
  readonly faultParts: FaultParts;
  readonly ledger: Ledger;
  /** Where a kept venue writes things down. */
  readonly keeper: StateKeeper | undefined;
}

export const makeRest = (
  { rest: wanted, keys = [], seed, rowsMax }: RunOptions,
  { clock, timers }: RunDeps,
  {
    runtime,
    queries,
    notices: board,
    waitingFaults,
    keeper,
  }: Pick<Shared, 'runtime' | 'queries' | 'notices' | 'keeper'> & {
    readonly waitingFaults: FaultRegistry;
  },
): RestService | undefined => {
  if (wanted === undefined) return undefined;
  const backgroundAccounts = [BACKGROUND_MAKER, BACKGROUND_TAKER];
  const rest = makeRestService(
    { ...wanted, seed, keys, backgroundAccounts, rowsMax },
    {
      clock,
      timers,
      queries,
      notices: board,
      keeper,
      faults: waitingFaults,
      submit: (command) => {
        runtime.submit(command);
      },
    },
  );
  runtime.subscribe(rest.onEvent);
  return rest;
};

/** Faults, and the endpoint that asks for them. */
export const makeOperations = (
  options: RunOptions,
  { clock, timers }: RunDeps,
  shared: Shared & {
    readonly rest: RestService | undefined;
    readonly feeds: FeedServer | undefined;
    /** Trading first. */
    readonly routes: readonly FixRoute[];
    readonly accounts: readonly string[];
  },
): { readonly faults: FaultInjector; readonly admin: AdminServer | undefined } => {
  const { runtime, queries, ledger, rest, feeds, routes, faultParts, accounts } = shared;
  const { waitingFaults, venueClock } = faultParts;
  const deps = {
    clock,
    timers,
    queries,
    waitingFaults,
    accounts,
    sessions: () => routes.flatMap(({ acceptor }) => acceptor.sessions()),
    submit: (command: ExchangeCommand) => {
      runtime.submit(command);
    },
  };
  const exchange = new ExchangeClient(deps.submit, 'admin');
  runtime.subscribe((event) => {
    exchange.onEvent(event);
  });
  const links = { routes, feeds, rest, venueClock };
  const faults = new FaultInjector({ ...deps, ...links, counterparty: BACKGROUND_TAKER });
  runtime.subscribe((event) => {
    faults.trades.onEvent(event);
  });
  const admin =
    options.adminPort === undefined
      ? undefined
      : makeAdminServer({ ...deps, ledger, faults, exchange, setRestOptions: rest?.setOptions });
  return { faults, admin };
};
