import { type FixDictionary } from '../dictionary/dictionary.ts';
import { type FixField, type FixMessage } from './fix-message.ts';

const SOH = 0x01;
const EQUALS = 0x3d;

/**
 * Every field of a message's body as it stood on the wire, repeating groups included: what is
 * needed to send it on.
 */
export const bodyFields = (message: FixMessage, dictionary: FixDictionary): readonly FixField[] => {
  const { raw } = message;
  const fields: FixField[] = [];
  let dataTag: number | undefined;
  let dataBytes = 0;
  for (let at = 0; at < raw.length;) {
    const equals = raw.indexOf(EQUALS, at);
    const tag = Number(raw.toString('latin1', at, equals));
    const isData = tag === dataTag;
    const end = isData ? equals + 1 + dataBytes : raw.indexOf(SOH, equals);
    const value = raw.toString('latin1', equals + 1, end);
    dataTag = dictionary.dataTagOf(tag);
    dataBytes = Number(value);
    at = end + 1;
    if (dictionary.isHeader(tag) || dictionary.isTrailer(tag)) continue;
    fields.push([tag, isData ? raw.subarray(equals + 1, end) : value]);
  }
  return fields;
};
