import { isJsonObject, type JsonValue } from '../../lib/lossless-json.ts';
import { type EpochMs, epochMs } from '../../lib/time.ts';
import { parseIsoTime } from '../json/readers.ts';
import { textAt } from './history-page.ts';

/** Names of an element's time: history and analytics, account log, candles. */
const TIME_KEYS = ['timestamp', 'date', 'time'];

/**
 * The time of an element, ISO text or milliseconds; `undefined` when it has none that can be read.
 */
export const timeOf = (element: JsonValue): EpochMs | undefined => {
  if (!isJsonObject(element)) return undefined;
  const written = TIME_KEYS.map((key) => textAt(element, key)).find((text) => text !== undefined);
  if (written === undefined) return positionTime(element['event']);
  if (!/^\d{1,15}(?:\.\d+)?$/.test(written)) return parseIsoTime(written);
  return epochMs(Number(written));
};

/** A bare position event carries its time inside. */
const positionTime = (event: JsonValue | undefined): EpochMs | undefined => {
  const update = isJsonObject(event) ? event['PositionUpdate'] : undefined;
  const written = textAt(update, 'timestamp');
  return written === undefined ? undefined : epochMs(Number(written));
};
