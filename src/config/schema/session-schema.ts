import { bytes, compID, count, milliseconds, choice, seconds } from './kinds.ts';

export const role = choice(
  '`trading`, `marketDataL2` and `marketDataL3` connect to the venue; `client` accepts a client.',
)
  .of('trading', 'marketDataL2', 'marketDataL3', 'client')
  .required();

export const identity = {
  role,
  senderCompID: compID('SenderCompID(49) of our messages, verbatim as agreed.').required(),
  targetCompID: compID('TargetCompID(56) of our messages, verbatim as agreed.').required(),
};

/** What both sides of a FIX session share. Defaults that differ by side are arguments. */
export const common = (isVenueSide: boolean) => ({
  logonTimeoutMs: milliseconds(
    'Time to wait for the Logon(A) of the other side before the connection is closed.',
  )
    .between(100, 120_000)
    .withDefault(10_000),
  logoutTimeoutMs: milliseconds(
    'Time to wait for the answer to our Logout(5) before the connection is closed.',
  )
    .between(100, 120_000)
    .withDefault(2_000),
  sendingTimeToleranceSeconds: seconds(
    'Largest distance between SendingTime(52) and our clock; 0 switches the check off.',
  )
    .between(0, 86_400)
    .withDefault(120),
  invalidApplicationMessage: choice(
    'An application message that breaks the dictionary: `reject` it, or `warn-and-deliver`, because it may be a fill.',
  )
    .of('reject', 'warn-and-deliver')
    .withDefault(isVenueSide ? 'warn-and-deliver' : 'reject'),
  messageBytesMax: bytes(
    isVenueSide
      ? 'Longest message that is accepted. Later ones wait behind a longer one, with an alert.'
      : 'Longest message that is accepted; a longer one is refused by Reject(3).',
  )
    .between(4_096, 67_108_864)
    .withDefault(isVenueSide ? 8_388_608 : 1_048_576),
  gapQueueLengthMax: count('Messages that may wait behind a gap; further ones are asked for again.')
    .between(1, 1_000_000)
    .withDefault(10_000),
  resend: {
    chunkSize: count('Messages that one ResendRequest(2) of ours asks for; 0 asks for everything.')
      .between(0, 100_000)
      .withDefault(0),
    reaskMs: milliseconds(
      'Time after which an unanswered ResendRequest(2) is repeated; of a venue session also the TestRequest(1) that follows the Logon(A).',
    )
      .between(500, 120_000)
      .withDefault(10_000),
  },
});

export const tlsMinVersion = choice('Oldest TLS version that is spoken.')
  .of('TLSv1.2', 'TLSv1.3')
  .withDefault('TLSv1.3');
