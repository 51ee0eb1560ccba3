import { isJsonObject, JsonNumber, type JsonValue } from '../../../src/lib/lossless-json.ts';

/** Objects whose keys are data (assets, wallets, symbols): any of ours stands for any of theirs. */
const MAPS = [
  'accounts',
  'balances',
  'currencies',
  'contracts',
  'volumesByFeeSchedule',
  'rebateLevels',
];

const kindOf = (value: JsonValue): string => {
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
};

/**
 * What of the example's members and kinds our answer lacks; `null` and an empty list of ours tell
 * nothing.
 */
export const lacks = (example: JsonValue, ours: JsonValue | undefined, at = '$'): string[] => {
  if (ours === undefined) return [`${at} is missing`];
  if (example === null || ours === null) return [];
  if (kindOf(example) !== kindOf(ours)) return [`${at} is ${kindOf(ours)}, not ${kindOf(example)}`];
  if (Array.isArray(example)) return listLacks(example, ours as readonly JsonValue[], at);
  if (!isJsonObject(example) || !isJsonObject(ours)) return [];
  return Object.entries(example).flatMap(([name, value]) => {
    const path = `${at}.${name}`;
    if (value === undefined) return [];
    const mine = ours[name];
    return MAPS.includes(name) && isJsonObject(value) && isJsonObject(mine)
      ? listLacks(Object.values(value) as JsonValue[], Object.values(mine) as JsonValue[], path)
      : lacks(value, mine, path);
  });
};

/** Every element of the example must be like one of ours. */
const listLacks = (
  example: readonly JsonValue[],
  ours: readonly JsonValue[],
  at: string,
): string[] => {
  if (ours.length === 0) return [];
  return example.flatMap((element, n) => {
    const found = ours.map((mine) => lacks(element, mine, `${at}[${n}]`));
    return found.sort((a, b) => a.length - b.length)[0] ?? [];
  });
};
