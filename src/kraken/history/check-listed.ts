import { err, ok, type Result } from '../../lib/result.ts';
import { type RawClient } from '../rest/raw-client.ts';
import { type NotConfirmed } from '../rest/reading.ts';
import { bodyOf, listAt, textAt, unreadable } from './history-page.ts';

/**
 * Whether the venue lists a contract. The public history answers any name with an empty page
 * ([rest 2.13] knows no error for it), so that a typing error would look like a market without
 * trades. Asked only when nothing came: an expired contract is not listed any more and has its
 * history all the same.
 */
export const isListed = async (
  client: RawClient,
  symbol: string,
): Promise<Result<boolean, NotConfirmed>> => {
  const body = bodyOf(await client.instruments({}));
  if (!body.ok) return body;
  const instruments = listAt(body.value, 'instruments');
  if (instruments === undefined) return err(unreadable('an answer without instruments'));
  const wanted = symbol.toUpperCase();
  return ok(instruments.some((one) => textAt(one, 'symbol')?.toUpperCase() === wanted));
};
