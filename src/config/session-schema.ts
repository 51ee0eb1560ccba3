import { bytes, compID, count, milliseconds, oneOf, seconds } from './kinds.ts';

export const role = oneOf(
  'trading',
  'marketDataL2',
  'marketDataL3',
  'client',
)(
  '`trading`, `marketDataL2` and `marketDataL3` connect to the venue; `client` accepts a client.',
).required();

export const identity = {
  role,
  senderCompID: compID('SenderCompID(49) of our messages, verbatim as agreed.').required(),
  targetCompID: compID('TargetCompID(56) of our messages, verbatim as agreed.').required(),
};

/** What both sides of a FIX session share. Defaults that differ by side are arguments. */
export const common = (gapFillFirst: boolean) => ({
  logonTimeoutMs: milliseconds(
    100,
    120_000,
  )('Time to wait for the Logon(A) of the other side before the connection is closed.').withDefault(
    10_000,
  ),
  logoutTimeoutMs: milliseconds(
    100,
    120_000,
  )('Time to wait for the answer to our Logout(5) before the connection is closed.').withDefault(
    2_000,
  ),
  sendingTimeToleranceSeconds: seconds(
    0,
    86_400,
  )(
    'Largest distance between SendingTime(52) and our clock; 0 switches the check off.',
  ).withDefault(120),
  undefinedTags: oneOf(
    'reject',
    'tolerate',
  )(
    'What happens to a message with a tag that the dictionary does not know: Reject(3), or a warning and delivery.',
  ).withDefault(gapFillFirst ? 'tolerate' : 'reject'),
  messageBytesMax: bytes(
    4_096,
    67_108_864,
  )('Longest message that is accepted.').withDefault(gapFillFirst ? 8_388_608 : 1_048_576),
  gapQueueLengthMax: count(
    1,
    1_000_000,
  )('Messages that may wait behind a gap; one more ends the connection.').withDefault(10_000),
  resend: {
    policy: oneOf(
      'gapFill',
      'full',
    )(
      'Answer to a ResendRequest(2): `gapFill` never replays an application message; `full` replays execution reports and the like with PossDupFlag(43)=Y. Orders and cancels are never replayed.',
    ).withDefault(gapFillFirst ? 'gapFill' : 'full'),
    chunkLength: count(
      0,
      100_000,
    )('Messages that one ResendRequest(2) of ours asks for; 0 asks for everything.').withDefault(0),
    requestTimeoutMs: milliseconds(
      500,
      120_000,
    )('Time after which an unanswered ResendRequest(2) is repeated.').withDefault(10_000),
  },
});

export const tlsMinVersion = oneOf(
  'TLSv1.2',
  'TLSv1.3',
)('Oldest TLS version that is spoken.').withDefault('TLSv1.3');
