import { toLatin1, utf8Of } from '../../lib/plain-text.ts';

type Values = Readonly<Record<string, string>>;
type Fields = ReadonlyMap<string, string>;

/**
 * The clients' own Text(58), which their reports say again and no record of the execution log has;
 * see upstream/fix/client-reports.
 *
 * It stands in the client's NewOrderSingle(D). Where that is in no FIX log any more, all reports of
 * an order must have the same.
 */
export class ClientTexts {
  /** More than one where a ClOrdID(11) was used again; by client and ClOrdID. */
  readonly #ofOrders = new Map<string, Set<string>>();
  /** By OrderID(37). */
  readonly #ofReports = new Map<string, string>();

  /** The client's D as the FIX log has it; those that we send to the venue have other ClOrdIDs. */
  addOrder(fields: Fields): void {
    const key = keyOf(fields.get('49'), fields.get('11'));
    const texts = this.#ofOrders.get(key) ?? new Set();
    this.#ofOrders.set(key, texts.add(asWritten(fields.get('58') ?? '')));
  }

  /** Whether a report to a client has the Text(58) that it must have by its record. */
  isExpected(record: Values, fields: Fields): boolean {
    const written = asWritten(record['text'] ?? '');
    const told = asWritten(fields.get('58') ?? '');
    const hasReason = record['reasonCode'] !== undefined && record['reasonCode'] !== '';
    const isPlain = !hasReason && PLAIN.has(record['execType'] ?? '');
    if (!isPlain && written !== '') return told === written;
    const own = this.#ofOrders.get(keyOf(fields.get('56'), record['clOrdId']));
    if (own === undefined) return this.#isAsBefore(record, told, written);
    return (told !== '' && own.has(told)) || (own.has('') && told === written);
  }

  /** An order whose D is not here: its reports all have one text, or each that of its record. */
  #isAsBefore({ orderId = '' }: Values, told: string, written: string): boolean {
    const before = this.#ofReports.get(orderId) ?? (told === written ? '' : told);
    this.#ofReports.set(orderId, before);
    return told === (before === '' ? written : before);
  }
}

/**
 * A text as both a record and a FIX log hold it. A record has UTF-8 for what a client wrote in it,
 * a log its bytes; both have question marks for what they could not hold, of one length or another.
 */
export const asWritten = (text: string): string => toLatin1(utf8Of(text)).replaceAll(/\?+/g, '?');

const keyOf = (client = '', clientOrderID = ''): string =>
  `${client}\u0001${asWritten(clientOrderID)}`;

/** Reports that say the client's text rather than the venue's. */
const PLAIN: ReadonlySet<string> = new Set(['PendingNew', 'New', 'Trade', 'PendingCancel']);
