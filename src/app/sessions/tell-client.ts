import { type ClientName } from '../../domain/ids.ts';
import { type OutboundMessage } from '../../fix/codec/fix-message.ts';
import { type FixSession } from '../../fix/session/model/session-types.ts';
import { toLatin1 } from '../../lib/plain-text.ts';
import { isFixClient } from './client-sessions.ts';

export interface TellClientDeps {
  readonly sessionOf: (client: ClientName) => FixSession | undefined;
  /** A report that takes no number and stands in no store: an operator has to tell the client. */
  readonly onUndelivered: (client: ClientName, text: string) => void;
}

/** ClOrdID(11), ExecID(17) and OrderID(37) name a report that cannot be sent. */
const ID_TAGS = [11, 17, 37];

/**
 * Tells a client through its session's store: one that is away, slow or closed gets it by
 * ResendRequest(2), or after the next reset. What the session cannot encode is cleaned and sent all
 * the same; what it refuses then is reported to the operator, never dropped in silence.
 */
export const makeTellClient =
  ({ sessionOf, onUndelivered }: TellClientDeps) =>
  (client: ClientName, message: OutboundMessage): void => {
    const session = sessionOf(client);
    if (session === undefined) {
      // The library's callers have no session; they read the events.
      if (isFixClient(client)) onUndelivered(client, `no session is configured: ${idsOf(message)}`);
      return;
    }
    const sent = session.send(message);
    if (sent.ok) return;
    const again = sent.error === 'InvalidValue' ? session.send(cleaned(message)) : sent;
    if (!again.ok) onUndelivered(client, `${again.error}: ${idsOf(message)}`);
  };

/** Values that FIX cannot carry, as question marks: the amounts beside them have to arrive. */
const cleaned = (message: OutboundMessage): OutboundMessage => ({
  ...message,
  fields: message.fields
    .map(([tag, value]) => [tag, printable(value)] as const)
    .filter(([, value]) => value.length > 0),
});

const printable = (value: string | Buffer): string | Buffer =>
  typeof value === 'string' ? toLatin1(value) : value;

const idsOf = ({ msgType, fields }: OutboundMessage): string => {
  const ids = fields.filter(([tag]) => ID_TAGS.includes(tag));
  return [
    `MsgType(35) ${msgType}`,
    ...ids.map(([tag, id]) => `${tag}=${String(printable(id))}`),
  ].join(', ');
};
