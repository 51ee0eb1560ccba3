import { type FixField } from '../../../fix/codec/fix-message.ts';
import { type LogonToSend } from '../../../fix/session/model/session-types.ts';

const RESET_SEQ_NUM_FLAG = 141;

/**
 * The venue's answer has ResetSeqNumFlag(141) beside 98 and 108 [fix 4.1]. The session itself sends
 * Y when it resets. N is echoed, and left out when the client leaves it out: no example shows that
 * case.
 */
export const logonAnswerFields = ({ request }: LogonToSend): readonly FixField[] =>
  request?.get(RESET_SEQ_NUM_FLAG) === 'N' ? [[RESET_SEQ_NUM_FLAG, 'N']] : [];
