import { defined } from '../../lib/defined.ts';
import { type Certificate } from '../certificate.ts';
import { DEFAULT_RULES } from '../exchange/model/rules.ts';
import { KRAKEN_RATE_LIMITS } from '../gateways/rest/rate-pools.ts';
import { type Settings } from './settings-schema.ts';

/** As Kraken's [fix 1.5]. */
const ROLLOVER_UTC = '22:00';

/** Milliseconds after midnight; `undefined` for off. */
const timeOfDay = (text: string): number | undefined => {
  if (text === 'off') return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000;
};

/**
 * Turns a settings file into options of the simulator. Defaults are what the venue was observed to
 * do.
 */
export const settingsOf = (
  { feeds = {}, rest = {}, fix = {}, exchange = {}, memory = {} }: Settings,
  ports: {
    readonly rest: number;
    readonly feeds: number;
    readonly tls: { readonly certificate?: Certificate };
  },
) => {
  const { pointsPer10s, historyTokensPer10min, executionLayout } = rest;
  const { legacyLowerCase, fixOrders } = rest;
  const { makerProtectionMillis, haircuts, ...rules } = exchange;
  const { rolloverAtUtc = ROLLOVER_UTC, ...toggles } = fix;
  return {
    feeds: { port: ports.feeds, settings: feeds, ...ports.tls },
    rest: {
      port: ports.rest,
      ...ports.tls,
      limits: { ...KRAKEN_RATE_LIMITS, ...defined({ pointsPer10s, historyTokensPer10min }) },
      options: defined({ executionLayout, legacyLowerCase, fixOrders }),
    },
    rules: { ...rules, ...(haircuts && { haircuts: { ...DEFAULT_RULES.haircuts, ...haircuts } }) },
    fix: toggles,
    ...defined({
      makerProtectionMillis,
      rolloverAtMs: timeOfDay(rolloverAtUtc),
      rowsMax: memory.rowsMax,
    }),
  };
};
