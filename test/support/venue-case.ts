import { readFileSync } from 'node:fs';
import { type JsonObject, parseLosslessJson } from '../../src/lib/lossless-json.ts';

/** A payload of test/fixtures/venue-cases, every digit as it is written there. */
export const venueCase = (name: string): JsonObject => {
  const url = new URL(`../fixtures/venue-cases/${name}.json`, import.meta.url);
  const json = parseLosslessJson(readFileSync(url, 'utf8'));
  if (!json.ok) throw new Error(`${name}: ${json.error.message}`);
  return json.value as JsonObject;
};
