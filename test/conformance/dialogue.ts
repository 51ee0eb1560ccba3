/**
 * Dialogues between Fathom and a scripted peer, one FIX session test case per file. `|` stands for
 * SOH. One line, one thing:
 *
 *     # text                 says what follows
 *     set key value          a setting of the session, before anything else
 *     connect                the peer connects to our acceptor, or takes our initiator's connection
 *     > 35=0|112=A|          the peer sends; 8, 9, 35, 34, 49, 56, 52 and 10 are filled in unless
 *                            given (34 counts by itself)
 *     >> 8=FIX.4.4|9=5|...   the peer sends exactly these bytes; `9=*` and `10=*` are worked out;
 *                            `&` joins frames
 *     < 35=0|34=2|112=A|     our next message has these fields; `112=*` has one, `43=!` has none
 *     < nothing              we have sent nothing more
 *     x                      we have closed the connection
 *     drop                   the peer closes the connection
 *     wait 6s                time passes (also `wait 250ms`)
 *     told TEXT              our application was told this since the last `told`
 *     not told TEXT          it was not, at any time
 *
 * `2 ` before a line means a second connection. `\\xE9` is the byte of that number. `<now>`,
 * `<-121s>` and `<+10s>` are UTC timestamps.
 */
export interface DialogueLine {
  readonly number: number;
  readonly text: string;
  /** 1 for the first connection. */
  readonly connection: number;
  readonly step: DialogueStep;
}

type DialogueStep =
  | { readonly type: 'set'; readonly key: string; readonly value: string }
  | { readonly type: 'connect' }
  | { readonly type: 'send'; readonly fields: readonly WireField[] }
  | { readonly type: 'send-raw'; readonly text: string }
  | { readonly type: 'expect'; readonly fields: readonly WireField[] }
  | { readonly type: 'expect-nothing' }
  | { readonly type: 'expect-close' }
  | { readonly type: 'drop' }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'told'; readonly what: string }
  | { readonly type: 'not-told'; readonly what: string };

export type WireField = readonly [tag: string, value: string];

export const parseDialogue = (source: string): readonly DialogueLine[] =>
  source.split('\n').flatMap((text, index) => {
    const trimmed = text
      .trim()
      .replace(/\\x([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const second = /^2 /.test(trimmed);
    const body = second ? trimmed.slice(2) : trimmed;
    const number = index + 1;
    return [{ number, text: trimmed, connection: second ? 2 : 1, step: parseStep(body, number) }];
  });

const parseStep = (text: string, number: number): DialogueStep => {
  const [word = ''] = text.split(' ');
  const rest = text.slice(word.length).trim();
  switch (word) {
    case 'set': {
      const [key = '', ...value] = rest.split(' ');
      return { type: 'set', key, value: value.join(' ') };
    }
    case 'connect':
      return { type: 'connect' };
    case '>':
      return { type: 'send', fields: parseFields(rest, number) };
    case '>>':
      return { type: 'send-raw', text: rest };
    case '<':
      if (rest === 'nothing') return { type: 'expect-nothing' };
      return { type: 'expect', fields: parseFields(rest, number) };
    case 'x':
      return { type: 'expect-close' };
    case 'drop':
      return { type: 'drop' };
    case 'wait':
      return { type: 'wait', ms: parseMs(rest, number) };
    case 'told':
      return { type: 'told', what: rest };
    case 'not':
      if (rest.startsWith('told ')) return { type: 'not-told', what: rest.slice(5) };
      break;
    default:
  }
  throw new Error(`line ${number}: cannot read "${text}"`);
};

const parseFields = (text: string, number: number): readonly WireField[] => {
  const parts = text.split('|');
  if (parts.pop() !== '') throw new Error(`line ${number}: a message ends with |`);
  return parts.map((part) => {
    const equals = part.indexOf('=');
    if (equals < 0) throw new Error(`line ${number}: "${part}" is not a field`);
    return [part.slice(0, equals), part.slice(equals + 1)];
  });
};

const parseMs = (text: string, number: number): number => {
  const match = /^(\d+)(ms|s)$/.exec(text);
  if (match === null) throw new Error(`line ${number}: "${text}" is not a time`);
  return Number(match[1]) * (match[2] === 's' ? 1_000 : 1);
};

/** Replaces `<now>`, `<-121s>` and `<+10s>`. */
export const withTimes = (text: string, now: number): string =>
  text.replace(/<(?:now|([+-]\d+)s)>/g, (_, offset: string | undefined) => {
    const at = new Date(now + Number(offset ?? 0) * 1_000);
    return at.toISOString().replaceAll('-', '').replace('T', '-').replace('Z', '');
  });

/** A whole frame around fields; what the script gives stands, the rest is filled in. */
export const frameOf = (
  fields: readonly WireField[],
  defaults: {
    readonly beginString: string;
    readonly sender: string;
    readonly target: string;
    readonly msgSeqNum: number;
    readonly sendingTime: string;
  },
): Buffer => {
  const given = new Map(fields);
  const standard: WireField[] = [
    ['35', given.get('35') ?? '0'],
    ['34', given.get('34') ?? String(defaults.msgSeqNum)],
    ['49', given.get('49') ?? defaults.sender],
    ['56', given.get('56') ?? defaults.target],
    ['52', given.get('52') ?? defaults.sendingTime],
  ];
  // `in order`: the script wants its own order of header and body, so nothing is moved.
  const isOrdered = given.has('order');
  const rest = fields.filter(
    ([tag]) => !['8', '9', '10', '35', '34', '49', '56', '52', 'order'].includes(tag),
  );
  const scripted = fields.filter(([tag]) => !['8', '9', '10', 'order'].includes(tag));
  const kept = (isOrdered ? scripted : [...standard, ...rest]).filter(([, value]) => value !== '!');
  const body = kept.map(([tag, value]) => `${tag}=${value}\x01`).join('');
  const length = given.get('9') ?? String(body.length);
  const head = `8=${given.get('8') ?? defaults.beginString}\x019=${length}\x01`;
  const sum = [...Buffer.from(head + body, 'latin1')].reduce((total, byte) => total + byte, 0);
  const checkSum = given.get('10') ?? String(sum % 256).padStart(3, '0');
  return Buffer.from(`${head}${body}10=${checkSum}\x01`, 'latin1');
};

/** The bytes of a `>>` line. */
export const rawOf = (text: string): Buffer => Buffer.concat(text.split('&').map(rawFrame));

const rawFrame = (text: string): Buffer => {
  const withLength = text.replace('|9=*|', () => {
    const body = text.slice(text.indexOf('|9=*|') + 5, text.lastIndexOf('|10=') + 1);
    return `|9=${body.length}|`;
  });
  const wire = withLength.replaceAll('|', '\x01');
  const summed = Buffer.from(wire.slice(0, wire.lastIndexOf('10=')), 'latin1');
  const sum = summed.reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.from(wire.replace('10=*', `10=${String(sum).padStart(3, '0')}`), 'latin1');
};

/**
 * Every field of a frame, in order. Text only: our own messages in these tests hold no data fields
 * with SOH.
 */
const fieldsOf = (frame: string): readonly WireField[] =>
  frame
    .split('\x01')
    .slice(0, -1)
    .map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), part.slice(equals + 1)];
    });

/** Cuts what we sent into frames; the CheckSum(10) ends one. */
export const splitFrames = (
  bytes: string,
): { readonly frames: readonly string[]; readonly rest: string } => {
  const frames: string[] = [];
  let rest = bytes;
  for (;;) {
    const match = /\x0110=\d{3}\x01/.exec(rest);
    if (match === null) return { frames, rest };
    const end = match.index + match[0].length;
    frames.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
};

export const readable = (frame: string): string => frame.replaceAll('\x01', '|');

/**
 * What differs between a message and what the script expects of it; `undefined` when nothing does.
 */
export const mismatch = (expected: readonly WireField[], frame: string): string | undefined => {
  const actual = fieldsOf(frame);
  for (const [tag, value] of expected) {
    const found = actual.filter(([key]) => key === tag).map(([, text]) => text);
    if (value === '!') {
      if (found.length > 0) return `${tag} should be absent`;
    } else if (value === '*') {
      if (found.length === 0) return `${tag} is missing`;
    } else if (!found.includes(value)) {
      return `${tag} is ${found.join(', ') || 'missing'}, not ${value}`;
    }
  }
  return undefined;
};
