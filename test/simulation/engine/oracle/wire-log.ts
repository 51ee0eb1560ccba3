/** A FIX frame as the oracle reads it: first value of each tag. */
export interface Frame {
  readonly msgType: string;
  readonly bytes: Buffer;
  readonly get: (tag: number) => string | undefined;
}

const FRAME_END = /\x0110=\d{3}\x01/g;

/** Whole frames of a write. Written apart from the product's codec. */
export const framesIn = (bytes: Buffer): readonly Frame[] => {
  const text = bytes.toString('latin1');
  const frames: Frame[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(FRAME_END)) {
    const to = index + end.length;
    frames.push(frameOf(text.slice(from, to), bytes.subarray(from, to)));
    from = to;
  }
  return frames;
};

const frameOf = (text: string, bytes: Buffer): Frame => {
  const get = (tag: number): string | undefined => {
    const key = `\x01${tag}=`;
    const at = text.indexOf(key);
    return at < 0 ? undefined : text.slice(at + key.length, text.indexOf('\x01', at + 1));
  };
  return { msgType: get(35) ?? '', bytes, get };
};

/** The frame again, as an answer to a ResendRequest(2) has it. */
export const asPossDup = ({ bytes }: Frame): Buffer => {
  const text = bytes.toString('latin1');
  const bodyAt = text.indexOf('\x01', text.indexOf('\x019=') + 1) + 1;
  const body = text.slice(bodyAt, text.lastIndexOf('\x0110=') + 1);
  const sentAt = /\x0152=([^\x01]*)/.exec(text)?.[1] ?? '';
  const flagged = body.replace(/\x0152=[^\x01]*\x01/, `\x0143=Y$&122=${sentAt}\x01`);
  const head = `8=FIX.4.4\x019=${flagged.length}\x01`;
  let sum = 0;
  for (const byte of Buffer.from(head + flagged, 'latin1')) sum += byte;
  return Buffer.from(`${head}${flagged}10=${String(sum % 256).padStart(3, '0')}\x01`, 'latin1');
};
