import {
  bytes,
  count,
  flag,
  listOfOneOf,
  milliseconds,
  oneOf,
  path,
  text,
  timeOfDay,
} from './kinds.ts';

const MiB = 1_048_576;

export const ENGINE = {
  name: text('Name of this engine in logs, metrics and execution records.').withDefault('fathom'),
  dataDir: path(
    'Folder of the journal; logs and the control socket lie below it unless they are placed elsewhere.',
  ).required(),
  durability: oneOf(
    'disk',
    'process',
  )(
    'When a fact counts as written: `disk` waits for fdatasync (group commit) and survives a loss of power; `process` waits for write(2) and survives kill -9 only.',
  ).withDefault('disk'),
  controlSocket: path(
    'Unix domain socket on which `fathom session …` and later commands reach the running engine; only the owner may open it.',
  ).optional('`<engine.dataDir>/control.sock`'),
  pendingCommitBytesMax: bytes(
    65_536,
    1_024 * MiB,
  )('Bytes that may wait for the journal before new orders are answered with "busy".').withDefault(
    16 * MiB,
  ),
  inputQueueLengthMax: count(
    16,
    1_000_000,
  )(
    'Inputs that may wait for the decision loop before new orders are answered with "busy".',
  ).withDefault(10_000),
  ackTimeoutMs: milliseconds(
    100,
    60_000,
  )(
    'Time without an answer of the venue after which an order or cancel is in doubt. Never a reject.',
  ).withDefault(2_000),
  stopTimeoutMs: milliseconds(
    100,
    600_000,
  )(
    'Time that an orderly stop may take: open orders cancelled, Logout exchanged, journal closed.',
  ).withDefault(10_000),
};

export const VENUE = {
  kind: oneOf(
    'simulator-embedded',
    'kraken',
  )(
    'What stands on the other side: the venue simulator inside this process, or Kraken Derivatives.',
  ).required(),
  environment: oneOf(
    'demo',
    'uat',
    'production',
  )(
    'Which of the venue’s environments. `production` refuses every exception from TLS verification; the simulator is always `demo`.',
  ).required(),
  simulator: {
    seed: count(
      0,
      4_294_967_295,
    )(
      'Seed of everything random in the embedded simulator: the same seed gives the same market.',
    ).withDefault(1),
    speed: oneOf(
      'off',
      'slow',
      'normal',
      'fast',
    )(
      'Pace of the background market: none, about 1, 10 or 100 orders a second on each instrument.',
    ).withDefault('normal'),
    tls: flag(
      'Whether the simulator’s FIX acceptor speaks TLS, with a certificate that is made at each start.',
    ).withDefault(true),
  },
};

export const EXECUTION_LOG = {
  dir: path('Folder of the execution log.').optional('`<engine.dataDir>/execution-log`'),
  formats: listOfOneOf(
    'jsonl',
    'csv',
  )('Formats that are written side by side.').withDefault(['jsonl', 'csv']),
  rotationTime: timeOfDay('Time of day in UTC at which a new file begins.').withDefault('22:00'),
  fileBytesMax: bytes(
    65_536,
    4_096 * MiB,
  )('A file that is larger is followed by the next one of the day.').withDefault(256 * MiB),
};

export const FIX_LOG = {
  enabled: flag(
    'Whether FIX messages and session events are logged, in the layout of QuickFIX.',
  ).withDefault(true),
  dir: path('Folder of the FIX logs.').optional('`<engine.dataDir>/fix-log`'),
  heartbeats: flag('Whether Heartbeat(0) and TestRequest(1) are logged too.').withDefault(true),
};

export const LOGGING = {
  level: oneOf(
    'error',
    'warn',
    'info',
    'debug',
  )('Least severe level that is written.').withDefault('info'),
  format: oneOf(
    'text',
    'json',
    'off',
  )('What the console shows; files always hold JSON lines.').withDefault('text'),
  dir: path('Folder of the daily log files.').optional('`<engine.dataDir>/log`'),
};
