import { type FixField } from '../../../fix/codec/fix-message.ts';
import { type LogonToSend } from '../../../fix/session/model/session-types.ts';

const RESET_SEQ_NUM_FLAG = 141;

/**
 * The venue's answer has ResetSeqNumFlag(141) beside 98 and 108 [fix 4.1]. The session itself says
 * Y when it resets; N is said back to who said it, and not to who left it out: no example shows
 * that.
 */
export const logonAnswerFields = ({ request }: LogonToSend): readonly FixField[] =>
  request?.get(RESET_SEQ_NUM_FLAG) === 'N' ? [[RESET_SEQ_NUM_FLAG, 'N']] : [];
