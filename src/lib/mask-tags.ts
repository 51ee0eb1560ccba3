const SOH = 0x01;
const STAR = 0x2a;

/** Tags whose values never reach a file: Username(553), Password(554) and the nonce (5025). */
export const SECRET_TAGS: readonly number[] = [553, 554, 5025];

const PATTERNS = SECRET_TAGS.map((tag) => Buffer.from(`\u0001${tag}=`, 'latin1'));

/**
 * A copy of a tag=value message with the secret values as stars of the same length and CheckSum(10)
 * made right again, so that it still reads as a message; the message itself when it holds none.
 */
export const maskSecretTags = (message: Buffer): Buffer => {
  let masked: Buffer | undefined;
  for (const pattern of PATTERNS) {
    for (let at = message.indexOf(pattern); at !== -1; at = message.indexOf(pattern, at + 1)) {
      masked ??= Buffer.from(message);
      const start = at + pattern.length;
      const end = message.indexOf(SOH, start);
      masked.fill(STAR, start, end === -1 ? message.length : end);
    }
  }
  if (masked === undefined) return message;
  repairCheckSum(masked);
  return masked;
};

const repairCheckSum = (message: Buffer): void => {
  const at = message.length - 7;
  if (at < 0 || message.toString('latin1', at, at + 3) !== '10=') return;
  let sum = 0;
  for (let i = 0; i < at; i += 1) sum += message[i] ?? 0;
  message.write(String(sum & 0xff).padStart(3, '0'), at + 3, 'latin1');
};
