import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Stages of an order's life whose durations are measured, from the moment its bytes were read. */
type LatencyStage = 'journal' | 'wire' | 'ack' | 'fill' | 'publish';
type Direction = 'in' | 'out';

/**
 * The measurements of one engine, as counters to raise and as Prometheus text. One registry per
 * engine, never the global one.
 */
export interface Metrics {
  /** fathom_fix_session_up{session}: 1 while logged on. */
  readonly sessionUp: (session: string, isUp: boolean) => void;
  /** fathom_fix_seq{session,dir}: next MsgSeqNum(34). */
  readonly sequence: (session: string, dir: Direction, next: number) => void;
  /** fathom_fix_gap_messages{session}: messages behind a gap that wait. */
  readonly gapMessages: (session: string, waiting: number) => void;
  readonly resendRequest: (session: string, dir: Direction) => void;
  /**
   * fathom_fix_rejects_total{session,dir,type,reason}: Reject(3), BusinessMessageReject(j),
   * OrderCancelReject(9) and refused logons.
   */
  readonly reject: (labels: {
    session: string;
    dir: Direction;
    type: string;
    reason: string;
  }) => void;
  /** fathom_fix_garbled_total{session}: frames ignored for BodyLength(9), CheckSum(10) or form. */
  readonly garbled: (session: string) => void;
  readonly duplicate: (session: string, flag: 'PossDup' | 'PossResend' | 'ExecID') => void;
  /**
   * fathom_orders_total{event}: placed, accepted, refused, filled, canceled, … as the facts name
   * them.
   */
  readonly order: (event: string) => void;
  /** fathom_risk_rejects_total{code} */
  readonly riskReject: (code: string) => void;
  /**
   * fathom_risk_limit{limit,scope} and fathom_risk_used{limit,scope}: limits that are numbers and
   * in force, and what is used of those that something adds up to.
   */
  readonly limits: (rows: readonly LimitReading[]) => void;
  readonly ordersOpen: (count: number) => void;
  /** fathom_orders_in_doubt{class} */
  readonly ordersInDoubt: (countByClass: ReadonlyMap<string, number>) => void;
  /** fathom_kill_switches{scope,state}: 1 for each that is set. */
  readonly killSwitches: (set: readonly { scope: string; state: string }[]) => void;
  /** fathom_order_latency_seconds{stage} */
  readonly orderLatency: (stage: LatencyStage, seconds: number) => void;
  /** fathom_feed_up{feed}: 1 while every subscription of the feed has its snapshot. */
  readonly feedUp: (feed: string, isUp: boolean) => void;
  /** fathom_feed_notices_total{feed,code} */
  readonly feedNotice: (feed: string, code: string) => void;
  /**
   * fathom_reconciliations_total{account,outcome} and
   * fathom_reconciliation_differences{account}.
   */
  readonly reconciled: (
    account: string,
    outcome: 'agrees' | 'differs' | 'incomplete',
    differences: number,
  ) => void;
  readonly journalAppend: (seconds: number) => void;
  /** fathom_disk_free_bytes{folder} */
  readonly diskFree: (folder: string, bytes: number) => void;
  /** fathom_durable: 0 while new orders are refused because the disk is in trouble. */
  readonly durable: (isDurable: boolean) => void;
  readonly alert: (code: string) => void;
  /** The registry's text, version 0.0.4 of the exposition format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/** A limit as it is shown: `off` or a text that is no number has no series. */
interface LimitReading {
  readonly scope: string;
  readonly limit: string;
  readonly value: string;
  readonly used?: string;
}

const LATENCY_BUCKETS_SECONDS = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
  2.5, 5, 10,
];

/**
 * `engine` becomes a label of every series. With `processMetrics`, also the event loop, memory and
 * garbage collection.
 */
export const makeMetrics = ({
  engine,
  processMetrics = false,
  riskCodes = [],
}: {
  readonly engine: string;
  /** Reason codes whose series begin at 0, so that a first refusal is seen as a change. */
  readonly riskCodes?: readonly string[];
  readonly processMetrics?: boolean;
}): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ engine });
  if (processMetrics) collectDefaultMetrics({ register: registry, prefix: 'fathom_' });
  return {
    ...sessionMetrics(registry),
    ...orderMetrics(registry, riskCodes),
    ...feedMetrics(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
};

const makersFor = (registry: Registry) => ({
  gauge: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name: `fathom_${name}`, help, labelNames, registers: [registry] }),
  counter: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: `fathom_${name}_total`, help, labelNames, registers: [registry] }),
  histogram: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Histogram({
      name: `fathom_${name}_seconds`,
      help,
      labelNames,
      buckets: LATENCY_BUCKETS_SECONDS,
      registers: [registry],
    }),
});

const sessionMetrics = (registry: Registry) => {
  const { gauge, counter } = makersFor(registry);
  const up = gauge('fix_session_up', '1 while the session is logged on', ['session']);
  const seq = gauge('fix_seq', 'Next MsgSeqNum(34) by direction', ['session', 'dir']);
  const gap = gauge('fix_gap_messages', 'Messages that wait behind a gap', ['session']);
  const resends = counter('fix_resend_requests', 'ResendRequest(2) by direction', [
    'session',
    'dir',
  ]);
  const rejects = counter('fix_rejects', 'Rejects and refused logons by reason', [
    'session',
    'dir',
    'type',
    'reason',
  ]);
  const garbled = counter('fix_garbled', 'Frames ignored as garbled', ['session']);
  const duplicates = counter('fix_duplicates', 'Messages that had been processed before', [
    'session',
    'flag',
  ]);
  return {
    sessionUp: (session, isUp) => {
      up.set({ session }, isUp ? 1 : 0);
    },
    sequence: (session, dir, next) => {
      seq.set({ session, dir }, next);
    },
    gapMessages: (session, waiting) => {
      gap.set({ session }, waiting);
    },
    resendRequest: (session, dir) => {
      resends.inc({ session, dir });
    },
    reject: (labels) => {
      rejects.inc(labels);
    },
    garbled: (session) => {
      garbled.inc({ session });
    },
    duplicate: (session, flag) => {
      duplicates.inc({ session, flag });
    },
  } satisfies Partial<Metrics>;
};

const feedMetrics = (registry: Registry) => {
  const { gauge, counter } = makersFor(registry);
  const up = gauge('feed_up', '1 while the WebSocket feed is current', ['feed']);
  const notices = counter('feed_notices', 'What the WebSocket feeds and their REST look-ups told', [
    'feed',
    'code',
  ]);
  const reconciliations = counter('reconciliations', 'Comparisons of books and venue by outcome', [
    'account',
    'outcome',
  ]);
  const differences = gauge('reconciliation_differences', 'Of the last comparison', ['account']);
  return {
    feedUp: (feed, isUp) => {
      up.set({ feed }, isUp ? 1 : 0);
    },
    feedNotice: (feed, code) => {
      notices.inc({ feed, code });
    },
    reconciled: (account, outcome, count) => {
      reconciliations.inc({ account, outcome });
      differences.set({ account }, count);
    },
  } satisfies Partial<Metrics>;
};

const orderMetrics = (registry: Registry, riskCodes: readonly string[]) => {
  const { gauge, counter, histogram } = makersFor(registry);
  const orders = counter('orders', 'Events in the life of orders', ['event']);
  const riskRejects = counter('risk_rejects', 'Orders refused before they were sent', ['code']);
  for (const code of riskCodes) riskRejects.inc({ code }, 0);
  const limit = gauge('risk_limit', 'Pre-trade limits in force', ['limit', 'scope']);
  const used = gauge('risk_used', 'What is used of the limits', ['limit', 'scope']);
  const open = gauge('orders_open', 'Orders that may still trade');
  const inDoubt = gauge('orders_in_doubt', 'Orders whose state is unknown', ['class']);
  const kill = gauge('kill_switches', 'Kill switches that are set', ['scope', 'state']);
  const latency = histogram('order_latency', 'Time since the bytes of the order were read', [
    'stage',
  ]);
  const append = histogram('journal_append', 'Time from append to durable');
  const alerts = counter('alerts', 'Alerts for the operator', ['code']);
  const durable = gauge('durable', '1 while what is decided can be recorded');
  const diskFree = gauge('disk_free_bytes', 'Bytes that may still be written', ['folder']);
  return {
    order: (event) => {
      orders.inc({ event });
    },
    riskReject: (code) => {
      riskRejects.inc({ code });
    },
    limits: (rows) => {
      limit.reset();
      used.reset();
      for (const row of rows) {
        const labels = { limit: row.limit, scope: row.scope };
        const [value, sum] = [Number(row.value), Number(row.used)];
        if (Number.isFinite(value)) limit.set(labels, value);
        if (Number.isFinite(sum)) used.set(labels, sum);
      }
    },
    ordersOpen: (count) => {
      open.set(count);
    },
    ordersInDoubt: (countByClass) => {
      inDoubt.reset();
      for (const [doubtClass, count] of countByClass) inDoubt.set({ class: doubtClass }, count);
    },
    killSwitches: (set) => {
      kill.reset();
      for (const { scope, state } of set) kill.set({ scope, state }, 1);
    },
    orderLatency: (stage, seconds) => {
      latency.observe({ stage }, seconds);
    },
    journalAppend: (seconds) => {
      append.observe(seconds);
    },
    diskFree: (folder, bytes) => {
      diskFree.set({ folder }, bytes);
    },
    durable: (isDurable) => {
      durable.set(isDurable ? 1 : 0);
    },
    alert: (code) => {
      alerts.inc({ code });
    },
  } satisfies Partial<Metrics>;
};
