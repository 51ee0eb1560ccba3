const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * ExecID(17) in the gateway's shape, `<13 base32 letters>:<suffix>`, from a counter: unique for as
 * long as the counter does not repeat. ([fix 6.2]: opaque)
 */
export const execIDOf = (counter: bigint): string => {
  let text = '';
  let rest = counter;
  for (let position = 0; position < 13; position++) {
    text = (BASE32[Number(rest & 31n)] ?? 'A') + text;
    rest >>= 5n;
  }
  return `${text}:TRD001`;
};
