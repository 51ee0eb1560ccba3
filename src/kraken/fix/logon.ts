import { type FixField } from '../../fix/codec/fix-message.ts';
import { type Secret } from '../../lib/secret.ts';
import { type EpochMs } from '../../lib/time.ts';
import { signText } from '../signature.ts';

const SOH = '\x01';

export interface LogonSignature {
  readonly msgSeqNum: number;
  readonly senderCompID: string;
  /** The target that is signed. The real one unless configured otherwise [fix 10 row 3]. */
  readonly targetCompID: string;
  readonly apiKey: Secret;
  /** base64 */
  readonly apiSecret: Secret;
  /** Milliseconds since the Unix epoch as text, the same as in Nonce(5025). */
  readonly nonce: string;
}

/**
 * Password(554) of Kraken's Logon: base64(HMAC-SHA512(secret, SHA256("35=A" SOH … "553=key" SOH +
 * nonce))). SOH follows each of the five fields, the nonce follows directly. (Kraken FIX guide,
 * "Authentication")
 */
export const logonPassword = (logon: LogonSignature): string => {
  const input =
    [
      '35=A',
      `34=${logon.msgSeqNum}`,
      `49=${logon.senderCompID}`,
      `56=${logon.targetCompID}`,
      `553=${logon.apiKey.reveal()}`,
    ]
      .map((field) => field + SOH)
      .join('') + logon.nonce;
  return signText(Buffer.from(input, 'latin1'), logon.apiSecret);
};

export interface LogonSettings {
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly signedTargetCompID?: string;
  /** Trading sessions only: market data sessions log on by CompID alone. */
  readonly credential?: { readonly apiKey: Secret; readonly apiSecret: Secret };
  /** ClientID(109): the same integer on every session of one CompID. */
  readonly clientID?: number;
  /**
   * CancelOrdersOnDisconnect(8674): 0 cancels, 1 keeps. Sent explicitly on trading sessions, since
   * the default cancels.
   */
  readonly cancelOrdersOnDisconnect?: boolean;
}

/**
 * The fields of Kraken's Logon(A) beyond the standard. The nonce rises even when the clock does
 * not.
 */
export const makeLogonFields = (
  settings: LogonSettings,
): ((logon: { msgSeqNum: number; at: EpochMs }) => readonly FixField[]) => {
  let lastNonce = 0;
  return ({ msgSeqNum, at }) => {
    const fields: FixField[] = [];
    if (settings.clientID !== undefined) fields.push([109, String(settings.clientID)]);
    if (settings.credential !== undefined) {
      lastNonce = Math.max(Math.floor(at), lastNonce + 1);
      const nonce = String(lastNonce);
      const password = logonPassword({
        msgSeqNum,
        senderCompID: settings.senderCompID,
        targetCompID: settings.signedTargetCompID ?? settings.targetCompID,
        ...settings.credential,
        nonce,
      });
      fields.push([553, settings.credential.apiKey.reveal()], [554, password], [5025, nonce]);
    }
    if (settings.cancelOrdersOnDisconnect !== undefined) {
      fields.push([8674, settings.cancelOrdersOnDisconnect ? '0' : '1']);
    }
    return fields;
  };
};
