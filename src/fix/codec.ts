/** FIX bytes to messages and back: what sessions, the simulator and tools import. */
export { FixDictionary } from './dictionary.ts';
export {
  DECODER_LIMITS,
  FrameDecoder,
  GARBLED_BYTES_MAX,
  type Decoded,
  type DecoderLimits,
} from './frame-decoder.ts';
export {
  ENCODER_LIMITS,
  FrameEncoder,
  type EncodeError,
  type EncoderLimits,
  type FrameHeader,
} from './frame-encoder.ts';
export { maskedText } from '../lib/redaction/mask-frame.ts';
export { SESSION_REJECT_TEXT, type SessionRejectReason } from './session-reject-reason.ts';
export {
  TOLERANT_VALIDATION,
  validateMessage,
  VALIDATION_OPTIONS,
  type Rejection,
  type ValidationOptions,
} from './validate.ts';
