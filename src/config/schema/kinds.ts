import { isIP } from 'node:net';
import { isSmallOrderKey } from '../../lib/ed25519.ts';
import { faultOfText } from '../../lib/plain-text.ts';
import { parseDecimalText } from '../../domain/decimal-text.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { ZERO, parseDecimal } from '../../lib/decimal.ts';
import { type Kind, type SettingMaker, setting } from './setting.ts';

const TEXT_LENGTH_MAX = 256;

const matching = <T extends string = string>(
  name: string,
  pattern: RegExp,
  reason: string,
): Kind<T> => ({
  name,
  example: '' as T,
  refuse: (value) => (typeof value === 'string' && pattern.test(value) ? undefined : reason),
});

const listOf = <T>(name: string, member: Kind<T>): Kind<readonly T[]> => ({
  name,
  example: [],
  refuse: (value) => {
    if (!Array.isArray(value))
      return `must be a list, each member of which ${member.refuse(Symbol()) ?? 'fits'}`;
    const members: readonly unknown[] = value;
    const bad = members.findIndex((one) => member.refuse(one) !== undefined);
    if (bad >= 0) return `member ${bad + 1} ${member.refuse(members[bad]) ?? ''}`;
    return new Set(members).size === members.length ? undefined : 'must not name one thing twice';
  },
  fromText: (text) => (text === '' ? [] : text.split(',').map((part) => part.trim())),
});

/** Texts are shown and logged: invisible characters are refused. */
const printable = (name: string, reason: string): Kind<string> => ({
  name,
  example: '',
  refuse: (value) =>
    typeof value === 'string' && faultOfText(value, TEXT_LENGTH_MAX) === undefined
      ? undefined
      : reason,
});

/** Free text of 1 to 256 characters without control characters. */
export const text = setting(
  printable('text', `must be a text of 1 to ${TEXT_LENGTH_MAX} printable characters`),
);

/** A text that may be part of a file's name: it names no other folder and hides no file. */
export const fileName = setting<string>({
  name: 'name',
  example: '',
  refuse: (value) =>
    typeof value === 'string' &&
    faultOfText(value, NAME_LENGTH_MAX) === undefined &&
    /^[^./\\][^/\\]*$/.test(value)
      ? undefined
      : `must be a text of 1 to ${NAME_LENGTH_MAX} printable characters without / and \\, no point first`,
});
const NAME_LENGTH_MAX = 64;

/** SenderCompID(49), TargetCompID(56): printable ASCII without blanks, 64 characters at most. */
export const compID = setting(
  matching(
    'CompID',
    /^[\x21-\x7e]{1,64}$/,
    'must be a CompID: 1 to 64 printable ASCII characters without blanks',
  ),
);

const SYMBOL = matching<TradingSymbol>(
  'symbol',
  /^[A-Z0-9_]{1,32}$/,
  'must be a contract id in upper case, such as "PF_XBTUSD"',
);
export const symbolList = setting(listOf('list of symbols', SYMBOL));

/** Names as clients and operators write them: no comma, no blank. */
export const textList = setting(
  listOf(
    'list of names',
    matching(
      'name',
      /^[\x21-\x2b\x2d-\x7e]{1,64}$/,
      'must be 1 to 64 printable ASCII characters without blanks and commas',
    ),
  ),
);

/** The name of an account as Account(1) and paths of keys have it. */
export const accountName = setting<string>(
  matching(
    'account name',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'must be 1 to 64 letters, digits, dashes and low lines, no dash or low line first',
  ),
);

/** A path of a file or folder; relative ones start at the working directory. */
export const path = setting(printable('path', 'must be the path of a file or folder'));

export const flag = setting<boolean>({
  name: 'true or false',
  example: false,
  refuse: (value) =>
    typeof value === 'boolean' ? undefined : 'must be true or false, without quotes',
  fromText: (value) => (value === 'true' ? true : value === 'false' ? false : value),
});

const numberKind = (unit: string, min: number, max: number): Kind<number> => ({
  name: `${unit} ${min}..${max}`,
  example: 0,
  refuse: (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max} (${unit}), without quotes`,
  fromText: (value) => (/^-?\d{1,15}$/.test(value) ? Number(value) : value),
});

/** `count('meaning').between(min, max)`, and the same with a unit. */
const wholeNumber = (unit: string) => (doc: string) => ({
  between: (min: number, max: number): SettingMaker<number> =>
    setting(numberKind(unit, min, max))(doc),
});
export const count = wholeNumber('count');
export const bytes = wholeNumber('bytes');
export const milliseconds = wholeNumber('ms');
export const seconds = wholeNumber('s');
/** A TCP port; 0 lets the operating system choose one, for a listener only. */
export const listenPort = setting(numberKind('port', 0, 65_535));

/** An amount: plain decimal text above zero. JSON numbers are refused, they are binary floats. */
export const amount = setting<DecimalText>({
  name: 'decimal text > 0',
  example: '' as DecimalText,
  canonical: (value) => (typeof value === 'string' ? (parseDecimalText(value) ?? value) : value),
  refuse: (value) => {
    if (typeof value === 'number') {
      return 'must be a decimal in quotes, such as "0.5": a JSON number is a binary float and cannot carry an amount exactly';
    }
    const parsed = typeof value === 'string' ? parseDecimal(value) : undefined;
    if (parsed === undefined)
      return 'must be a plain decimal in quotes, such as "0.5", without exponent';
    return parsed.gt(ZERO) ? undefined : 'must be above zero';
  },
});

const oneOf = <const T extends string | number>(values: readonly T[]): Kind<T> => {
  const written = values.map((value) => JSON.stringify(value));
  return {
    name: written.join(' | '),
    example: values[0] as T,
    refuse: (value) =>
      values.includes(value as T) ? undefined : `must be one of ${written.join(', ')}`,
    fromText: (value) => values.find((one) => String(one) === value) ?? value,
  };
};

/** `choice('meaning').of('a', 'b')`: one of them. */
export const choice = (doc: string) => ({
  of: <const T extends string | number>(...values: readonly T[]): SettingMaker<T> =>
    setting(oneOf(values))(doc),
});

/** `choices('meaning').of('a', 'b')`: any of them, each once. */
export const choices = (doc: string) => ({
  of: <const T extends string>(...values: readonly T[]): SettingMaker<readonly T[]> =>
    setting(listOf(`list of ${oneOf(values).name.replaceAll(' |', ',')}`, oneOf(values)))(doc),
});

/** `22:00` or `22:00:00`. */
export const timeOfDay = setting(
  matching(
    'HH:MM[:SS]',
    /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/,
    'must be a time of day such as "22:00" or "22:00:30"',
  ),
);

export const timeZone = setting<string>({
  name: 'IANA time zone',
  example: 'UTC',
  refuse: (value) =>
    typeof value === 'string' && isTimeZone(value)
      ? undefined
      : 'must be a time zone such as "UTC" or "Europe/London"',
});

const isTimeZone = (name: string): boolean => {
  try {
    // JavaScript has no other check for a time zone name than this exception.
    return (
      new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' &&
      /^[A-Za-z]/.test(name)
    );
  } catch {
    return false;
  }
};

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const HOST_PORT =
  /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[A-Za-z0-9]([A-Za-z0-9.-]{0,252}))):(?<port>\d{1,5})$/;

/** `host:port`, `[::1]:port`; `undefined` when it is neither. */
export const parseHostPort = (value: string): HostPort | undefined => {
  const groups = HOST_PORT.exec(value)?.groups;
  const host = groups?.['v6'] ?? groups?.['host'];
  const port = Number(groups?.['port']);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return groups?.['v6'] !== undefined && isIP(host) !== 6 ? undefined : { host, port };
};

export const hostPortList = setting(
  listOf('list of "host:port"', {
    name: 'host:port',
    example: '',
    refuse: (value) =>
      typeof value === 'string' && parseHostPort(value) !== undefined
        ? undefined
        : 'must be "host:port" with a port from 1 to 65535',
  }),
);

/**
 * `url('https:')`: an absolute URL of one of these schemes, without user, password, query and
 * fragment.
 */
export const url = (...schemes: readonly string[]) => {
  const name = `URL ${schemes.map((scheme) => `${scheme}//`).join(' | ')}`;
  return setting<string>({
    name,
    example: '',
    refuse: (value) =>
      typeof value === 'string' && isPlainUrl(value, schemes)
        ? undefined
        : `must be a ${name} without user, password, query and fragment`,
    // The URL may contain a password: it is not repeated in the message.
    sensitive: true,
  });
};

const isPlainUrl = (value: string, schemes: readonly string[]): boolean => {
  if (value.length > TEXT_LENGTH_MAX || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return schemes.includes(protocol) && [username, password, search, hash].every((part) => !part);
};

/** A day of the calendar, `2027-01-01`. */
export const calendarDate = setting<string>({
  name: 'YYYY-MM-DD',
  example: '',
  refuse: (value) =>
    typeof value === 'string' && isDay(value) ? undefined : 'must be a day such as "2027-01-01"',
});

const isDay = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString().startsWith(value);

/** Attributes of a distinguished name, each as OpenSSL prints it: `CN=desk1`. */
export const certificateAttributes = setting(
  listOf(
    'list of attributes',
    matching('attribute', /^[A-Za-z]+=[^\x00-\x1f\x7f]{1,128}$/, 'must look like "CN=desk1"'),
  ),
);

export const certificateFingerprints = setting(
  listOf(
    'list of SHA-256 fingerprints',
    matching(
      'SHA-256 fingerprint',
      /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/,
      'must be 32 bytes in upper case hexadecimal with colons, as `openssl x509 -fingerprint -sha256` prints them',
    ),
  ),
);

const CURRENCY = matching(
  'currency',
  /^[A-Za-z][A-Za-z0-9.]{0,15}$/,
  'must be a currency as the venue writes it, such as "xbt"',
);
export const currencyList = setting(listOf('list of currencies', CURRENCY));

/**
 * An Ed25519 public key as the one line of its PEM (SPKI, base64): 12 fixed bytes and the key's 32.
 */
export const publicKey = setting<string>({
  name: 'Ed25519 public key',
  example: '',
  refuse: (value) => {
    if (typeof value !== 'string' || !/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/.test(value))
      return 'must be the line between BEGIN PUBLIC KEY and END PUBLIC KEY of an Ed25519 key';
    return isSmallOrderKey(Buffer.from(value, 'base64').subarray(-32))
      ? 'must not be a key of small order: anybody could sign with it'
      : undefined;
  },
});

/** How many lines a record has, and the SHA-256 of the last. */
export const auditEnd = setting(
  matching(
    '<lines>:<SHA-256>',
    /^\d{1,9}:[0-9a-f]{64}$/,
    'must be a number of lines and the SHA-256 of the last, as the refused start names them',
  ),
);

const isAddressOrRange = (value: string): boolean => {
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    prefix === undefined ||
    (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
  );
};

export const listenAddress = setting<string>({
  name: 'IP address',
  example: '127.0.0.1',
  refuse: (value) =>
    typeof value === 'string' && isIP(value) > 0
      ? undefined
      : 'must be an IP address to listen on, such as "127.0.0.1"',
});

export const addressList = setting(
  listOf('list of IP addresses or ranges', {
    name: 'IP address or range',
    example: '',
    refuse: (value) =>
      typeof value === 'string' && isAddressOrRange(value)
        ? undefined
        : 'must be an IP address or a range such as "10.1.0.0/16"',
  }),
);

/** Where a secret is, never the secret: exactly one of the two keys. */
export const secretReference = (what: string) => ({
  env: setting({
    ...matching(
      'name of an environment variable',
      /^[A-Z_][A-Z0-9_]{0,127}$/,
      'must be the name of an environment variable in upper case, such as "KRAKEN_API_KEY", never the secret itself',
    ),
    sensitive: true,
  })(`Environment variable that holds the ${what}.`).optional('`file` is used'),
  file: setting({
    ...matching(
      'path of a file',

      /^\.{0,2}\/[^\x00-\x1f\x7f]{1,4000}$/,
      'must be a path that starts with "/", "./" or "../", never the secret itself',
    ),
    sensitive: true,
  })(`File that holds the ${what}; blanks and line ends around it are dropped.`).optional(
    '`env` is used',
  ),
});
export type SecretReference = {
  readonly env: string | undefined;
  readonly file: string | undefined;
};
