import { bodyFields } from '../../fix/codec/body-fields.ts';
import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { type FixField, type FixMessage } from '../../fix/codec/fix-message.ts';
import { type FixSession, type SessionApplication } from '../../fix/session/model/session-types.ts';

/** NewOrderSingle, SecurityDefinition, Email, SecurityDefinitionRequest. */
export const ECHOED_MSG_TYPES: readonly string[] = ['D', 'd', 'C', 'c'];

const CL_ORD_ID = 11;
const POSS_RESEND = 97;

/**
 * The application of the acceptor's conformance tests: sends what it supports back with the same
 * body. A PossResend of an order that was seen before is dropped (FIX session test case 19a).
 * Anything else the session refuses as unsupported.
 */
export const makeEchoApplication = (
  dictionary: FixDictionary,
  session: () => Pick<FixSession, 'send'>,
  print: (line: string) => void,
): SessionApplication => {
  const seen = new Set<string>();
  const echo = (message: FixMessage): void => {
    const header: FixField[] = message.get(POSS_RESEND) === 'Y' ? [[POSS_RESEND, 'Y']] : [];
    const sent = session().send({
      msgType: message.msgType,
      fields: bodyFields(message, dictionary),
      header,
    });
    if (!sent.ok) print(`not echoed: ${sent.error}`);
  };
  return {
    onLoggedOn: (info) => {
      if (info.reset) seen.clear();
    },
    onLoggedOut: (info) => {
      print(`logged out: ${info.cause} ${info.text}`);
    },
    onMessage: (message, context) => {
      if (!ECHOED_MSG_TYPES.includes(message.msgType)) return;
      const clOrdID = message.get(CL_ORD_ID);
      const isKnown = clOrdID !== undefined && seen.has(clOrdID);
      if (clOrdID !== undefined) seen.add(clOrdID);
      if (context.possResend && isKnown) return;
      echo(message);
    },
  };
};
