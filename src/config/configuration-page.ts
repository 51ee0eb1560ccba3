import { CLIENT_SESSION } from './schema/client-session-schema.ts';
import { FUNDS_DESTINATION, FUNDS_LIMIT, FUNDS_OPERATOR } from './schema/funds-schema.ts';
import { environmentNameOf } from './load/overrides.ts';
import { CLIENT_RISK, INSTRUMENT, RISK, SCOPE_RISK, SYMBOL_RISK } from './schema/risk-schema.ts';
import { FIXED_SECTIONS } from './schema/schema.ts';
import { type Block, type Setting } from './schema/setting.ts';
import { settingsOf } from './tree.ts';
import { MARKET_DATA_SESSION, TRADING_SESSION } from './schema/venue-session-schema.ts';

/** docs/configuration.md, made from the schema alone. */
export const configurationPage = (): string =>
  [
    INTRODUCTION,
    ...Object.entries(FIXED_SECTIONS).map(([name, block]) => section(`\`${name}\``, name, block)),
    section(
      '`sessions.<name>` with `"role": "trading"`',
      'sessions.<name>',
      TRADING_SESSION,
      'A FIX session for orders and execution reports. At least one is required; with Kraken, `credentials` are required too.',
    ),
    section(
      '`sessions.<name>` with `"role": "marketDataL2"` or `"marketDataL3"`',
      'sessions.<name>',
      MARKET_DATA_SESSION,
      'A FIX session for the instrument list and order books. It needs no credentials.',
    ),
    section(
      '`sessions.<name>` with `"role": "client"`',
      'sessions.<name>',
      CLIENT_SESSION,
      'A FIX session on which one client connects to Fathom. SenderCompID is ours, TargetCompID is the client’s.',
    ),
    section(
      '`instruments.<symbol>`',
      'instruments.<symbol>',
      INSTRUMENT,
      'At least one is required.',
    ),
    ...riskSections(),
    section(
      '`funds.operators.<name>`',
      'funds.operators.<name>',
      FUNDS_OPERATOR,
      'People who may approve. At least as many as `funds.approvalsMin`, each with a key of their own.',
    ),
    section(
      '`funds.destinations.<name>`',
      'funds.destinations.<name>',
      FUNDS_DESTINATION,
      'The allow-list: nothing goes anywhere that is not listed.',
    ),
    section(
      '`funds.limits.<currency>`',
      'funds.limits.<currency>',
      FUNDS_LIMIT,
      'A currency without a limit cannot be moved.',
    ),
  ].join('\n');

const riskSections = (): readonly string[] => [
  section('`risk`', 'risk', RISK),
  section(
    '`risk.symbols.<symbol>`',
    'risk.symbols.<symbol>',
    SYMBOL_RISK,
    'Limits of one instrument. Those of one order, and `positionQtyMax`, stand in place of the general ones; the others count what the instrument does.',
  ),
  section(
    '`risk.accounts.<account>`',
    'risk.accounts.<account>',
    SCOPE_RISK,
    'Limits of one account, beside the general ones: orders with this Account(1), or everything on a trading session that has this name.',
  ),
  section(
    '`risk.clients.<session>`',
    'risk.clients.<session>',
    CLIENT_RISK,
    'Limits of one client session, beside the general ones; `library` is the TypeScript library.',
  ),
  section(
    '`risk.strategies.<tag>`',
    'risk.strategies.<tag>',
    CLIENT_RISK,
    'Limits of the orders with this ClOrdLinkID(583) (`strategy` in the library), beside the general ones.',
  ),
];

const section = (title: string, path: string, block: Block, about = ''): string => {
  const rows = settingsOf(block).map(({ path: keys, setting }) =>
    row([path, ...keys].join('.'), setting),
  );
  return [
    `## ${title}`,
    '',
    ...(about === '' ? [] : [about, '']),
    '| Key | Value | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
};

const row = (key: string, setting: Setting<unknown>): string =>
  `| ${['`' + key + '`', cell(setting.kind), cell(defaultOf(setting)), cell(setting.doc)].join(' | ')} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

const defaultOf = (setting: Setting<unknown>): string => {
  if (setting.required) return '**required**';
  if (setting.default === undefined) return setting.whenAbsent ?? '';
  return `\`${JSON.stringify(setting.default)}\``;
};

const EXAMPLE_VARIABLE = environmentNameOf(['engine', 'dataDir']);
const SESSION_VARIABLE = environmentNameOf(['sessions', 'market-data', 'hosts']);

const INTRODUCTION = `# Configuration

<!-- Generated from src/config by \`npx tsx test/support/write-configuration-page.ts\`. Do not edit. -->

One JSON file, named by \`--config\`. \`config/\` holds three complete ones: \`demo.json\` (embedded simulator), \`kraken-uat.json\` and
\`kraken-production.json\`; in the last two, hosts and CompIDs are placeholders for what the onboarding gives you.

- \`fathom check-config --config FILE\` prints every effective value with its source, secrets masked, and starts nothing.
- The file is read strictly. An unknown key, a value of another kind, a missing secret or two keys that contradict each other end the
  start with one line per problem, \`config: <key>: <reason>\`, and exit code 2. All problems are reported at once.
- Amounts (quantities, prices, limits) are decimals in quotes. Durations and sizes are whole numbers; the unit ends the key's name.
- Secrets are never in the file. \`{ "env": "NAME" }\` names an environment variable, \`{ "file": "/path" }\` a file.
- Relative paths start at the working directory of the process.
- An environment variable replaces one key: \`FATHOM_\`, then the key path in upper case with \`__\` for each dot and \`_\` for each dash, so
  \`${EXAMPLE_VARIABLE}=/var/lib/fathom\` or \`${SESSION_VARIABLE}=host1:4002,host2:4002\`. It can change keys of a session that the file
  has, not add a session. A variable of that form that names no key is a problem like any other.
- Session names are letters, digits and dashes. They name files, metrics and commands, and differ by more than case.
`;
