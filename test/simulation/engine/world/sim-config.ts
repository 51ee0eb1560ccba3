import { type Config } from '../../../../src/config/config.ts';
import { loadConfig } from '../../../../src/config/load/load-config.ts';
import { type Scene } from '../steps.ts';
import { COMP_ID } from './venue-side.ts';

const configs = new Map<string, Config>();

/** The engine's configuration in a scene. Times are short, so that a run is. */
export const configOf = ({ cancelOnDisconnect, amend }: Scene): Config => {
  const key = JSON.stringify([cancelOnDisconnect, amend]);
  const known = configs.get(key);
  if (known !== undefined) return known;
  const loaded = loadConfig({ path: optionsOf(cancelOnDisconnect, amend), env: {} });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  configs.set(key, loaded.value.config);
  return loaded.value.config;
};

const optionsOf = (cancelOrdersOnDisconnect: boolean, amend: boolean) => ({
  engine: { name: 'simulated', dataDir: 'var/simulated', durability: 'disk' },
  venue: { kind: 'simulator-embedded', environment: 'demo' },
  sessions: {
    trading: {
      ...{ role: 'trading', senderCompID: COMP_ID, targetCompID: 'KRAKEN-DRV-TRD', clientID: '1' },
      ...{ heartBtIntSeconds: 4, cancelOrdersOnDisconnect },
      resend: { reaskMs: 1_000 },
      logonTimeoutMs: 3_000,
      reconnect: {
        ...{ firstDelayMs: 200, delayMsMax: 2_000, refusedDelayMs: 1_000 },
        ...{ refusedDelayMsMax: 4_000, sequenceRefusalsMax: 100 },
      },
    },
    desk1: {
      ...{ role: 'client', senderCompID: 'FATHOM', targetCompID: 'DESK1' },
      listen: { host: '127.0.0.1', port: 0 },
      replace: amend ? 'amend' : 'cancelThenNew',
    },
  },
  instruments: {
    PF_XBTUSD: { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' },
    PF_ETHUSD: { contractType: 'linear', tickSize: '0.1', qtyStep: '0.001', qtyMin: '0.001' },
  },
  risk: { orderQtyMax: '100', notionalMax: '100000000', withoutReferencePrice: 'allow' },
  fixLog: { enabled: false },
});
