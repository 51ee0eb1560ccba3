import { defined } from '../../lib/defined.ts';
import { accountUid } from '../../simulator/account-uid.ts';
import { MARKET_DATA_COMP_ID } from '../../simulator/gateways/fix/market-data/market-data-gateway.ts';
import { type Simulator } from '../../simulator/simulator.ts';
import { TRADING_COMP_ID } from '../../simulator/gateways/fix/trading/trading-gateway.ts';
import { type CliIo } from '../shared/cli-io.ts';
import { permissionsOf, type SimulationKeys } from '../../simulator/settings/keys.ts';

export interface Announced {
  readonly host: string;
  readonly simulator: Simulator;
  readonly keys: SimulationKeys;
  readonly isJson: boolean;
  /** REST and WebSocket without TLS. */
  readonly isPlain: boolean;
  /** Certificate of the FIX port; plain TCP when left out. */
  readonly fixCa: string | undefined;
}

/**
 * Prints addresses and keys, as one JSON object or as a page to read. The keys are shown: they are
 * made for a sandbox on this machine.
 */
export const announce = (announced: Announced, io: CliIo): void => {
  const run = describe(announced);
  if (announced.isJson) {
    io.out(JSON.stringify(run));
    return;
  }
  const { trading, marketDataL2, marketDataL3 } = run.fix;
  io.out(`REST         ${run.rest}`);
  io.out(`WebSocket    ${run.ws ?? 'off'}`);
  io.out(`FIX trading  ${trading.host}:${trading.port}  ${trading.tls ? 'TLS' : 'plain TCP'}`);
  io.out(`  SenderCompID ${trading.senderCompID}, TargetCompID ${trading.targetCompID}`);

  for (const [name, service] of [
    ['L2', marketDataL2],
    ['L3', marketDataL3],
  ] as const) {
    if (service === undefined) continue;
    io.out(
      `FIX ${name}       ${service.host}:${service.port}  TargetCompID ${service.targetCompID}`,
    );
  }
  io.out(`admin        ${run.admin}`);
  for (const key of run.keys) {
    io.out(`${key.account}  ${key.permissions.join(', ')}`);
    io.out(`  API key       ${key.apiKey}`);
    io.out(`  API secret    ${key.apiSecret}`);
    if (key.fixApiKey === undefined || key.fixApiSecret === undefined) continue;
    io.out(`  Username(553) ${key.fixApiKey}`);
    io.out(`  FIX secret    ${key.fixApiSecret}`);
  }
  io.out(`markets      ${run.symbols.join(' ')}`);
  io.out('Ctrl-C ends it.');
};

const describe = ({ host, simulator, keys, isPlain, fixCa }: Announced) => {
  const http = `http${isPlain ? '' : 's'}://${host}`;
  const ws = `ws${isPlain ? '' : 's'}://${host}`;
  const [first] = keys.clients;
  const service = (port: number, targetCompID: string) => ({
    host,
    port,
    senderCompID: first?.compID ?? '',
    targetCompID,
    tls: fixCa !== undefined,
    ...defined({ ca: fixCa }),
  });
  const { marketData } = simulator;
  const marketDataService = (port: number | undefined) =>
    port === undefined ? undefined : service(port, MARKET_DATA_COMP_ID);
  return {
    rest: `${http}:${simulator.restPort ?? 0}`,
    ws: simulator.feedsPort === undefined ? undefined : `${ws}:${simulator.feedsPort}/ws/v1`,
    fix: {
      trading: service(simulator.tradingPort, TRADING_COMP_ID),
      marketDataL2: marketDataService(marketData?.l2Port),
      marketDataL3: marketDataService(marketData?.l3Port),
    },
    keys: keysOf(keys),
    admin: `http://127.0.0.1:${simulator.adminPort ?? 0}`,
    symbols: simulator.queries.instruments().map(({ symbol }) => symbol),
  };
};

/** A client's FIX key stands beside the key with which it does everything else. */
const keysOf = ({ rest, clients }: SimulationKeys) =>
  rest.map((key) => {
    const isFull = key.permissions.general === 'FULL_ACCESS';
    const client = isFull ? clients.find(({ account }) => account === key.account) : undefined;
    return {
      account: key.account,
      accountUid: accountUid(key.account),
      apiKey: key.apiKey,
      apiSecret: key.apiSecret.reveal(),
      fixApiKey: client?.key.apiKey.reveal(),
      fixApiSecret: client?.key.apiSecret.reveal(),
      senderCompID: client?.compID,
      permissions: permissionsOf(key, client),
    };
  });
