import { didYouMean } from '../config-problem.ts';
import {
  type CfgEntry,
  type CfgProblem,
  type CfgSection,
  parseQuickfixCfg,
} from './quickfix-cfg.ts';
import { CFG_KEYS, HOST_KEY, cfgRule, timeOfCfg } from './quickfix-keys.ts';
import { type Tree, withValueAt } from '../tree.ts';

export interface QuickfixImport {
  /** The `sessions` group of our configuration, without what the notes ask for. */
  readonly sessions: Tree;
  /** For the operator: keys without a counterpart and why, and what must be added by hand. */
  readonly notes: readonly CfgProblem[];
  /** Unknown keys and invalid values: while there is one, the import is not complete. */
  readonly problems: readonly CfgProblem[];
}

/**
 * Converts the sessions of a QuickFIX settings file: initiators become venue sessions, acceptors
 * client sessions.
 */
export const importQuickfix = (text: string): QuickfixImport => {
  const file = parseQuickfixCfg(text);
  const problems: CfgProblem[] = [...file.problems];
  const notes: CfgProblem[] = [];
  const defaults = file.sections
    .filter(({ kind }) => kind === 'DEFAULT')
    .flatMap(({ entries }) => entries);
  const sections = file.sections.filter(({ kind }) => kind === 'SESSION');
  if (sections.length === 0) problems.push({ line: 1, key: '', reason: 'there is no [SESSION]' });
  let sessions: Tree = {};
  for (const section of sections) {
    const session = importSession(section, defaults);
    problems.push(...session.problems);
    notes.push(...session.notes);
    sessions = { ...sessions, [uniqueName(session.name, sessions)]: session.tree };
  }
  return { sessions, notes: unique(notes), problems: unique(problems) };
};

interface ImportedSession {
  readonly name: string;
  readonly tree: Tree;
  readonly notes: readonly CfgProblem[];
  readonly problems: readonly CfgProblem[];
}

const importSession = (section: CfgSection, defaults: readonly CfgEntry[]): ImportedSession => {
  const own = new Set(section.entries.map(({ key }) => key.toLowerCase()));
  const entries = [
    ...defaults.filter(({ key }) => !own.has(key.toLowerCase())),
    ...section.entries,
  ];
  const valueOf = (key: string): string | undefined =>
    entries.find((entry) => entry.key.toLowerCase() === key.toLowerCase())?.value;
  const side = valueOf('ConnectionType')?.toLowerCase();
  const { line } = section;
  if (side !== 'initiator' && side !== 'acceptor') {
    const reason = 'must be initiator or acceptor';
    return {
      name: 'session',
      tree: {},
      notes: [],
      problems: [{ line, key: 'ConnectionType', reason }],
    };
  }
  const role = side === 'acceptor' ? 'client' : venueRole(valueOf('TargetCompID') ?? '');
  const applied = applyRules(entries, side, { role });
  const hosts = side === 'initiator' ? hostsOf(entries, line) : { hosts: [], problems: [] };
  const missing = [
    'SenderCompID',
    'TargetCompID',
    ...(side === 'acceptor' ? ['SocketAcceptPort'] : []),
  ]
    .filter((key) => valueOf(key) === undefined)
    .map((key) => ({ line, key, reason: 'is required' }));
  const zone = zoneOf(entries);
  const byHand = role === 'trading' ? [{ line, key: '', reason: BY_HAND }] : [];
  return {
    name: sessionName(valueOf('TargetCompID') ?? 'session', valueOf('SessionQualifier')),
    tree:
      side === 'initiator'
        ? { ...applied.tree, hosts: hosts.hosts }
        : withSchedule(applied.tree, zone.name),
    notes: [...applied.notes, ...byHand],
    problems: [
      ...applied.problems,
      ...hosts.problems,
      ...missing,
      ...(side === 'acceptor' ? zone.problems : []),
    ],
  };
};

const BY_HAND = 'add cancelOrdersOnDisconnect and credentials to this session by hand';

/** Kraken's market data sessions have another TargetCompID(56) [fix 1.2]. */
const venueRole = (targetCompID: string): string =>
  /-MD$/.test(targetCompID) ? 'marketDataL2' : 'trading';

const applyRules = (entries: readonly CfgEntry[], side: 'initiator' | 'acceptor', start: Tree) => {
  let tree = start;
  const notes: CfgProblem[] = [];
  const problems: CfgProblem[] = [];
  for (const { key, value, line } of entries) {
    const rule = cfgRule(key)?.[side];
    if (rule === undefined) {
      const meant = didYouMean(key, CFG_KEYS);
      const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
      problems.push({ line, key, reason: `is not a known QuickFIX key${hint}` });
    } else if (typeof rule === 'string') notes.push({ line, key, reason: `left out: ${rule}` });
    else {
      const patch = rule(value);
      if (!patch.ok) problems.push({ line, key, reason: patch.error });
      else
        for (const [path, mapped] of patch.value) tree = withValueAt(tree, path.split('.'), mapped);
    }
  }
  return { tree, notes, problems };
};

/** `SocketConnectHost`/`Port`, then `…1`, `…2` in the order of their numbers. */
const hostsOf = (entries: readonly CfgEntry[], line: number) => {
  const byNumber = new Map<number, { host?: string; port?: string }>();
  for (const { key, value } of entries) {
    const [, part, number = ''] = HOST_KEY.exec(key) ?? [];
    if (part === undefined) continue;
    const at = Number(number === '' ? '0' : number);
    byNumber.set(at, { ...byNumber.get(at), [part.toLowerCase()]: value });
  }
  const problems: CfgProblem[] = [];
  const hosts: string[] = [];
  for (const [number, { host, port }] of [...byNumber].sort(([a], [b]) => a - b)) {
    const suffix = number === 0 ? '' : number;
    if (host === undefined) problems.push(halfMissing(`SocketConnectHost${suffix}`, line));
    else if (port === undefined) problems.push(halfMissing(`SocketConnectPort${suffix}`, line));
    else hosts.push(`${host.includes(':') ? `[${host}]` : host}:${port}`);
  }
  if (byNumber.size === 0) problems.push({ line, key: 'SocketConnectHost', reason: 'is required' });
  return { hosts, problems };
};

const halfMissing = (key: string, line: number): CfgProblem => ({
  line,
  key,
  reason: 'is required beside its other half',
});

/** A session with times is a scheduled one, unless `NonStopSession=Y`. */
const withSchedule = (tree: Tree, zone: string | undefined): Tree => {
  const schedule = tree['schedule'] as Tree | undefined;
  if (schedule?.['startTime'] === undefined && schedule?.['endTime'] === undefined) return tree;
  const zoned = zone === undefined ? tree : withValueAt(tree, ['schedule', 'timeZone'], zone);
  return schedule['nonStop'] === undefined
    ? withValueAt(zoned, ['schedule', 'nonStop'], false)
    : zoned;
};

/**
 * The time zone of both times. QuickFIX/J: a zone behind a time wins, then TimeZone, then UTC. Our
 * sessions have a single zone, so two are refused.
 */
const zoneOf = (entries: readonly CfgEntry[]) => {
  const find = (name: string): CfgEntry | undefined =>
    entries.find(({ key }) => key.toLowerCase() === name.toLowerCase());
  const general = find('TimeZone')?.value;
  const times = [find('StartTime'), find('EndTime')].filter((entry) => entry !== undefined);
  const zones = times.map(({ value }) => timeOfCfg(value).zone ?? general);
  const [first, second] = zones;
  const [start, end] = times;
  if (start === undefined || end === undefined || (first ?? 'UTC') === (second ?? 'UTC')) {
    return { name: first, problems: [] };
  }
  const reason =
    `is in ${second ?? 'UTC'} and ${start.key} in ${first ?? 'UTC'}: ` +
    'a session has one time zone; write both times in the same';
  return { name: undefined, problems: [{ line: end.line, key: end.key, reason }] };
};

const sessionName = (targetCompID: string, qualifier: string | undefined): string => {
  const text = qualifier === undefined ? targetCompID : `${targetCompID}-${qualifier}`;
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '');
  return name === '' ? 'session' : name.slice(0, 28);
};

const uniqueName = (name: string, sessions: Tree): string => {
  if (!Object.hasOwn(sessions, name)) return name;
  let number = 2;
  while (Object.hasOwn(sessions, `${name}-${number}`)) number += 1;
  return `${name}-${number}`;
};

/** A key of [DEFAULT] is read once per session, but reported only once. */
const unique = (found: readonly CfgProblem[]): readonly CfgProblem[] => {
  const byText = new Map(found.map((one) => [`${one.line} ${one.key} ${one.reason}`, one]));
  return [...byText.values()].sort((a, b) => a.line - b.line);
};
