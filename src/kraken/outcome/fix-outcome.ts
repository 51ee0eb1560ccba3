import { type VenueBusinessReject, type VenueSessionReject } from '../../domain/venue-report.ts';
import {
  ENGINE_REFUSALS,
  GATEWAY_REFUSALS,
  MAY_HAVE_FILLED,
  UNPROVEN_TEXTS,
} from './fix-reject-texts.ts';
import { type Outcome } from './rest-outcome.ts';
import { type RefusalReason } from './status-meanings.ts';

/**
 * The verdict on a Reject(3) or BusinessMessageReject(j). Text(58) decides, the code second: in
 * practice 380=0 carries almost everything [fix 6.4]. The whole text must be a known one: a known
 * word within another sentence proves nothing, and neither does a text in no reference. The order
 * core takes a reject that names its request as the venue's word [routing 4]; this verdict is
 * for a caller that would try another route.
 */
export const classifyFixReject = (report: VenueSessionReject | VenueBusinessReject): Outcome => {
  const text = report.text ?? '';
  // A format check: the message never got to the engine.
  if (report.type === 'SessionReject') return refused('Argument', text);
  const known = REFUSALS.get(normalise(bare(text))) ?? reasonByShape(text);
  if (known !== undefined) return refused(known, text, READ_FILLS.has(normalise(bare(text))));
  // An unknown text that mentions an error leaves it open.
  const letters = lettersOf(text);
  if (UNPROVEN.some((word) => letters.includes(word))) return unknown('Unproven', text);
  const reason = REASON_BY_CODE[report.reason];
  if (reason !== undefined && text === '') return refused(reason, text, report.reason === 101);
  return unknown('UnknownText', text);
};

/** `POST_WOULD_EXECUTE` and `Post would execute` are one; any other sign makes it another text. */
const normalise = (text: string): string => text.toUpperCase().replace(/[ _()-]/g, '');
const lettersOf = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9]/g, '');

const REFUSALS: ReadonlyMap<string, RefusalReason> = new Map(
  [...Object.entries(ENGINE_REFUSALS), ...Object.entries(GATEWAY_REFUSALS)].map(
    ([word, reason]) => [normalise(word), reason],
  ),
);
const READ_FILLS: ReadonlySet<string> = new Set(MAY_HAVE_FILLED.map(normalise));
const UNPROVEN: readonly string[] = UNPROVEN_TEXTS.map(lettersOf);

/** `<ClOrdID> : `, `ClOrdID <id> : `, then a category such as `EOrder:` or `EGeneral:Other:`. */
const DRESS =
  /^(?:(?:ClOrdID )?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,20}) : )?(?:E(?:Order|General|API|Session):(?:Other:)?)?/i;

const bare = (text: string): string => text.replace(DRESS, '');

/** Texts with a part of their own, which may be as long as a name and holds no second sentence. */
const SHAPES: readonly (readonly [RegExp, RefusalReason])[] = [
  [/^Insufficient(?: [a-z]+){0,2} margin$/i, 'Funds'],
  [/^Invalid arguments(?::[\w.-]{1,40})?$/i, 'Argument'],
  [/^Unsupported field: '[\w.-]{1,60}'$/i, 'Argument'],
  [/^Currency pair not supported [\w/:.-]{1,30}$/i, 'UnknownInstrument'],
  [/^No amendable parameters(?: [a-z]+){0,3}$/i, 'NoEffect'],
  [/^(?:EService:)?Throttled: \d{1,13}$/i, 'RateLimit'],
  // Any text of this category: it stands in front of the engine [unified 13.1].
  [/^EAuth:[a-z ]{1,60}$/i, 'Authentication'],
];

const reasonByShape = (text: string): RefusalReason | undefined =>
  SHAPES.find(([shape]) => shape.test(bare(text)))?.[1];

/** BusinessRejectReason(380), only when there is no text. 0 and 4 prove nothing. */
const REASON_BY_CODE: Readonly<Record<number, RefusalReason>> = {
  1: 'UnknownOrder',
  2: 'UnknownInstrument',
  3: 'Argument',
  5: 'Argument',
  6: 'Authentication',
  101: 'UnknownOrder',
  104: 'DeadlinePassed',
};

const refused = (reason: RefusalReason, text: string, mayHaveFilled = false): Outcome => ({
  type: 'Refused',
  reason,
  text: text.slice(0, 200),
  mayHaveFilled,
});

const unknown = (cause: 'Unproven' | 'UnknownText', text: string): Outcome => ({
  type: 'Unknown',
  cause,
  text: text.slice(0, 200),
  isNovel: cause === 'UnknownText',
});
