/** MsgSeqNum(34) from 1; both ends belong to it. */
export interface ResendRange {
  readonly beginSeqNo: number;
  readonly endSeqNo: number;
}

/** Ranges that wait. One more joins the two that are closest to each other. */
const RANGES_MAX = 64;

/**
 * Adds a range to ranges that wait for their resend. Equal, overlapping and adjoining ranges become
 * one. None is dropped: where there are too many, the numbers between two of them are sent as well.
 * Returns them ascending and apart from each other.
 */
export const addRange = (
  ranges: readonly ResendRange[],
  added: ResendRange,
  rangesMax = RANGES_MAX,
): readonly ResendRange[] => {
  const all = [...ranges, added].sort((a, b) => a.beginSeqNo - b.beginSeqNo);
  const joined: ResendRange[] = [];
  for (const range of all) {
    const last = joined.at(-1);
    if (last === undefined || range.beginSeqNo > last.endSeqNo + 1) joined.push(range);
    else joined[joined.length - 1] = join(last, range);
  }
  while (joined.length > rangesMax) joinClosest(joined);
  return joined;
};

const join = (low: ResendRange, high: ResendRange): ResendRange => ({
  beginSeqNo: low.beginSeqNo,
  endSeqNo: Math.max(low.endSeqNo, high.endSeqNo),
});

const joinClosest = (ranges: ResendRange[]): void => {
  let closest = 1;
  const apart = (index: number): number =>
    (ranges[index]?.beginSeqNo ?? 0) - (ranges[index - 1]?.endSeqNo ?? 0);
  for (let index = 2; index < ranges.length; index++) {
    if (apart(index) < apart(closest)) closest = index;
  }
  const [low, high] = ranges.slice(closest - 1, closest + 1);
  if (low !== undefined && high !== undefined) ranges.splice(closest - 1, 2, join(low, high));
};
