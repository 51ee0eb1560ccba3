import { type FixField, type FixMessage } from '../../fix/codec/fix-message.ts';
import { type FixSession, type SessionApplication } from '../../fix/session/model/session-types.ts';
import { type EpochMs, toUtcTimestamp } from '../../lib/time.ts';

/** What the initiator's conformance application understands; anything else is unsupported. */
export const ORDER_MSG_TYPES: readonly string[] = ['8', '9', 'B', 'j'];

const SEND = /^SEND(\d{1,5})$/;

/**
 * The application of the initiator's conformance tests, commanded by the Headline(148) of News(B):
 * `SEND<n>` sends n orders, `LOGOUT` logs out, `RAW` sends one order named after the size of
 * RawData(96). Every ExecutionReport(8) is answered by an OrderStatusRequest(H), so that what was
 * delivered shows on the wire.
 */
export const makeOrderApplication = (
  beginString: string,
  session: () => Pick<FixSession, 'send' | 'logout'>,
  print: (line: string) => void,
): SessionApplication => {
  const send = (msgType: string, fields: readonly FixField[]): void => {
    const sent = session().send({ msgType, fields });
    if (!sent.ok) print(`not sent: ${sent.error}`);
  };
  const order = (clOrdID: string, at: EpochMs): void => {
    send('D', [
      [11, clOrdID],
      // FIX 4.2 requires HandlInst(21).
      ...(beginString === 'FIX.4.2' ? ([[21, '1']] as const) : []),
      [55, 'X'],
      [54, '1'],
      [60, toUtcTimestamp(at)],
      [38, '1'],
      [40, '2'],
      [44, '1'],
    ]);
  };
  const obey = (news: FixMessage, at: EpochMs): void => {
    const headline = news.get(148) ?? '';
    const count = SEND.exec(headline)?.[1];
    if (count !== undefined) {
      for (let n = 1; n <= Number(count); n++) order(`o${n}`, at);
    } else if (headline === 'LOGOUT') {
      session().logout();
    } else if (headline === 'RAW') {
      order(`raw${news.bytes(96)?.length ?? 0}`, at);
    }
  };
  return {
    onLoggedOn: () => {
      print('logged on');
    },
    onLoggedOut: (info) => {
      print(`logged out: ${info.cause} ${info.text}`);
    },
    onEvent: (event) => {
      print(`${event.severity} ${event.code}: ${event.text}`);
    },
    onMessage: (message, context) => {
      if (message.msgType === 'B') {
        obey(message, context.at);
      } else if (message.msgType === '8') {
        send('H', [
          [11, message.get(17) ?? ''],
          [55, 'X'],
          [54, '1'],
        ]);
      }
    },
  };
};
