import { type ServerResponse } from 'node:http';
import { type HttpFake, startHttpFake } from '../rest/support.ts';

export const SINCE = Date.parse('2026-01-01T00:00:00Z');
export const UNTIL = Date.parse('2026-02-01T00:00:00Z');

/**
 * Executions in January, several within the same millisecond, amounts with digits that a double
 * loses.
 */
export const makeExecutions = (count: number): readonly { at: number; text: string }[] =>
  Array.from({ length: count }, (_, index) => {
    const at = SINCE + Math.floor(index / 3) * 1_000;
    const text =
      `{"uid":"e-${index}","timestamp":${at},"event":{"execution":{"execution":{"uid":"x-${index}",` +
      `"order":{"uid":"o-${index}","tradeable":"PF_XBTUSD","direction":"Buy","quantity":"0","filled":"0.1",` +
      `"timestamp":${at},"limitPrice":"69.2200000000","orderType":"IoC","clientId":"","reduceOnly":false,` +
      `"lastUpdateTimestamp":${at}},"timestamp":${at},"quantity":"0.1000000000000000${index}",` +
      `"price":"${50_000 + index}.50","orderData":{"fee":"-0.00000001"}},"takerReducedQuantity":""}}}`;
    return { at, text };
  });

export interface FakeHistory extends HttpFake {
  /** Rows answered in all, to see that a resumed walk does not begin again. */
  readonly rowsServed: () => number;
}

interface Faults {
  /** Called before each answer; true when it has answered itself. */
  readonly spoil?: (response: ServerResponse, count: number) => boolean;
}

/** `/api/history/v3/executions`, paged by tokens as the venue does, at most `pageRows` a page. */
export const startFakeHistory = async (
  rows: readonly { at: number; text: string }[],
  pageRows: number,
  { spoil }: Faults = {},
): Promise<FakeHistory> => {
  let served = 0;
  let count = 0;
  const fake = await startHttpFake((request, _body, response) => {
    count += 1;
    if (spoil?.(response, count) === true) return;
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    const since = Number(query.get('since') ?? 0);
    const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER);
    const within = rows.filter(({ at }) => at >= since && at <= before);
    const token = query.get('continuation_token');
    const start = token === null ? 0 : Number(Buffer.from(token, 'base64').toString());
    const page = within.slice(start, start + pageRows);
    served += page.length;
    const next = start + pageRows < within.length;
    const link = next
      ? `,"continuationToken":"${Buffer.from(String(start + pageRows)).toString('base64')}"`
      : '';
    const elements = page.map(({ text }) => text).join(',');
    response.end(`{"accountUid":"u","len":${page.length},"elements":[${elements}]${link}}`);
  });
  return { ...fake, rowsServed: () => served };
};
