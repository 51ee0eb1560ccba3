import { bytes, choice, count, fileName, flag, milliseconds, path, seconds } from './kinds.ts';

const MiB = 1_048_576;

export const ENGINE = {
  name: fileName('Name of this engine in logs, metrics and execution records.').withDefault(
    'fathom',
  ),
  dataDir: path(
    'Folder of the journal; logs and the control socket lie below it unless they are placed elsewhere.',
  ).required(),
  durability: choice(
    'When a fact counts as written: `disk` waits for fdatasync (group commit) and survives a loss of power; `process` waits for write(2) and survives kill -9 only.',
  )
    .of('disk', 'process')
    .withDefault('disk'),
  controlSocket: path(
    'Unix domain socket on which `fathom session …` and later commands reach the running engine; only the owner may open it.',
  ).optional('`<engine.dataDir>/run/control.sock`'),
  pendingCommitBytesMax: bytes(
    'Bytes that may wait for the journal before new orders are answered with "busy".',
  )
    .between(65_536, 1_024 * MiB)
    .withDefault(16 * MiB),
  ackTimeoutMs: milliseconds(
    'Time without an answer of the venue after which an order or cancel is in doubt. Never a reject.',
  )
    .between(100, 60_000)
    .withDefault(2_000),
  replace: choice(
    'How `engine.replace()` of the library changes an order; the values are those of `sessions.<name>.replace`.',
  )
    .of('refuse', 'editOrder', 'cancelThenNew', 'amend')
    .withDefault('refuse'),
  stopTimeoutMs: milliseconds(
    'Time that an orderly stop may take: open orders cancelled, Logout exchanged, journal closed.',
  )
    .between(100, 600_000)
    .withDefault(10_000),
};

export const VENUE = {
  kind: choice(
    'What stands on the other side: the venue simulator inside this process, or Kraken Derivatives.',
  )
    .of('simulator-embedded', 'kraken')
    .required(),
  environment: choice(
    'Which of the venue’s environments. `production` refuses every exception from TLS verification; the simulator is always `demo`.',
  )
    .of('demo', 'uat', 'production')
    .required(),
  simulator: {
    seed: count(
      'Seed of everything random in the embedded simulator: the same seed gives the same market.',
    )
      .between(0, 4_294_967_295)
      .withDefault(1),
    marketIntervalMs: milliseconds(
      'Time between two moves of the background market; 0 leaves the books empty.',
    )
      .between(0, 60_000)
      .withDefault(100),
    tls: flag(
      'Whether the simulator’s FIX acceptor speaks TLS, with a certificate that is made at each start.',
    ).withDefault(true),
  },
};

export const EXECUTION_LOG = {
  dir: path('Folder of the execution log.').optional('`<engine.dataDir>/execution-log`'),
  fileBytesMax: bytes('A file that is larger is followed by the next one of the day.')
    .between(65_536, 4_096 * MiB)
    .withDefault(256 * MiB),
};

export const FIX_LOG = {
  enabled: flag(
    'Whether FIX messages and session events are logged, in the layout of QuickFIX.',
  ).withDefault(true),
  dir: path('Folder of the FIX logs.').optional('`<engine.dataDir>/fix-log`'),
  heartbeats: flag('Whether Heartbeat(0) and TestRequest(1) are logged too.').withDefault(true),
  marketData: flag(
    'Whether messages of market data sessions are logged too: gigabytes a day. Their events always are.',
  ).withDefault(false),
  compressAfterDays: count(
    'Days after its own on which a FIX log is compressed (`.gz`, which `fix-log` and `executions verify` read).',
  )
    .between(1, 3_650)
    .optional('never'),
  keepDays: count('Days after its own on which a FIX log is removed.')
    .between(1, 36_500)
    .optional('kept for ever'),
};

export const DISK = {
  checkSeconds: seconds('Time between two looks at the free space of every folder that is written.')
    .between(1, 3_600)
    .withDefault(10),
  warnFreeBytes: bytes('With less free space there is an alert, DISK_LOW.')
    .between(0, 1_048_576 * MiB)
    .withDefault(5_120 * MiB),
  reserveBytes: bytes(
    'Below this, FIX logs stop (alert DISK_RESERVE), so that what is left belongs to the journal.',
  )
    .between(0, 1_048_576 * MiB)
    .withDefault(512 * MiB),
  reserveFileBytes: bytes(
    'Room that is kept beside the journal, in the file `reserve` of its folder. A full disk gives it to the journal, so that cancels, the reports of the venue and the end are recorded, while new orders are refused (NOT_DURABLE). 0: none.',
  )
    .between(0, 4_096 * MiB)
    .withDefault(16 * MiB),
};

export const LOGGING = {
  level: choice('Least severe level that is written.')
    .of('error', 'warn', 'info', 'debug')
    .withDefault('info'),
  format: choice('What the console shows; files always hold JSON lines.')
    .of('text', 'json', 'off')
    .withDefault('text'),
  dir: path('Folder of the daily log files.').optional('`<engine.dataDir>/log`'),
  compressAfterDays: count('Days after its own on which a log file is compressed.')
    .between(1, 3_650)
    .optional('never'),
  keepDays: count('Days after its own on which a log file is removed.')
    .between(1, 36_500)
    .optional('kept for ever'),
};
