import { expect } from 'chai';
import { type JsonObject, toJsonText } from '../../../../src/lib/lossless-json.ts';
import { venueCase } from '../../../support/venue-case.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { toReply } from '../rest/gateways-support.ts';
import { HOUR, json, run, SINCE } from './walk-run.ts';

describe('walks of the history kinds', () => {
  const log = (ids: readonly number[]) => ({
    logs: ids.map((id) => ({
      id,
      date: new Date(SINCE + id * 1_000).toISOString(),
      info: 'futures trade',
      asset: 'usd',
    })),
  });
  const logServer =
    (all: readonly number[], pageRows: number) =>
    (query: URLSearchParams): Reply =>
      json(log(all.filter((id) => id >= Number(query.get('from') ?? 1)).slice(0, pageRows)));

  it('walks the account log by entry ids until a page is empty', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => index + 1);
    const { lines, requests, findings } = await run({ kind: 'account-log' }, logServer(ids, 100));
    expect(lines).to.have.length(230);
    expect(findings).to.deep.equal([]);
    expect(requests).to.have.length(4);
    expect(requests[0]?.cost).to.equal(6);
  });

  const linked = (links: readonly (readonly [body: unknown, header: string | undefined])[]) => {
    const { page1, page2 } = venueCase('empty-token-in-the-body') as Record<string, JsonObject>;
    const bodies = [page1, page2].map((page) => JSON.parse(toJsonText(page!['body']!)) as object);
    return (query: URLSearchParams): Reply => {
      const at = query.get('continuation_token') === 'p2' ? 1 : 0;
      const [token, header] = links[at] ?? [];
      const reply = json({ ...bodies[at], continuationToken: token });
      const headers = header === undefined ? {} : { 'next-continuation-token': header };
      return reply.type === 'Answered' ? { ...reply, headers } : reply;
    };
  };
  const LINKS: readonly (readonly [string, Parameters<typeof linked>[0]])[] = [
    [
      'empty in the body and real in the header',
      [
        ['', 'p2'],
        ['', undefined],
      ],
    ],
    [
      'null in the body and real in the header',
      [
        [null, 'p2'],
        [null, ''],
      ],
    ],
    [
      'real in the body and empty in the header',
      [
        ['p2', ''],
        ['', ''],
      ],
    ],
    [
      'real in both',
      [
        ['p2', 'p2'],
        [undefined, undefined],
      ],
    ],
  ];
  for (const [what, links] of LINKS)
    it(`follows a link that is ${what}: three rows, not two`, async () => {
      const since = epochMs(1_795_165_200_000);
      const span = { since, until: epochMs(since + HOUR) };
      const { lines, findings } = await run({ kind: 'mark-prices', ...span }, linked(links));
      expect(lines).to.have.length(3);
      expect(findings).to.deep.equal([]);
    });

  it('keeps a row without a readable time and says so, wherever the venue writes its time', async () => {
    const rates = [
      { timestamp: new Date(SINCE).toISOString(), fundingRate: 1, relativeFundingRate: 1 },
      { timestamp: '1st of March', fundingRate: 2, relativeFundingRate: 2 },
    ];
    const funding = await run({ kind: 'funding-rates' }, () => json({ result: 'success', rates }));
    expect(funding.lines).to.have.length(2);
    expect(funding.findings.map(({ type }) => type)).to.deep.equal(['NoTime']);
    const update = { tradeable: 'PF_XBTUSD', timestamp: 'later' };
    const elements = [{ event: { PositionUpdate: update } }];
    const positions = await run({ kind: 'positions' }, () => json({ elements }));
    expect(positions.findings.map(({ type }) => type)).to.deep.equal(['NoTime']);
  });

  it('takes no page for the last one that does not say whether there is more', async () => {
    for (const more of [undefined, 'yes', 1]) {
      const candles = await run({ kind: 'candles' }, () =>
        json({ candles: [], more_candles: more }),
      );
      expect(candles.result.ok).to.equal(false);
      const series = { result: { timestamp: [], more, data: [] } };
      const asked = { kind: 'analytics', series: 'cvd', intervalSeconds: 60 } as const;
      expect((await run(asked, () => json(series))).result.ok).to.equal(false);
    }
    expect(
      (await run({ kind: 'orders' }, () => json({ elements: [], len: 'many' }))).result.ok,
    ).to.equal(false);
  });

  it('writes no exponent, in rows, in columns and in the payload beside them', async () => {
    const rows =
      '[{"timestamp":"2026-03-01T00:00:00.000Z","fundingRate":-1e-7,"relativeFundingRate":9.67535E-4}]';
    const answer = (): Reply => toReply(`{"result":"success","rates":${rows}}`);
    for (const format of ['jsonl', 'csv'] as const) {
      const { lines } = await run({ kind: 'funding-rates', format }, answer);
      const last = lines.at(-1) ?? '';
      expect(last).to.include('-0.0000001').and.to.include('0.000967535');
      expect(last).to.not.match(/\de-?\d/i);
    }
  });

  it('finds holes in the entry ids', async () => {
    const ids = [1, 2, 3, 7, 8, 12];
    const { findings } = await run({ kind: 'account-log' }, logServer(ids, 4));
    expect(findings.map(({ type, count }) => [type, count])).to.deep.equal([
      ['IDsMissing', 3],
      ['IDsMissing', 3],
    ]);
  });

  const candleServer =
    (limit: number, skip: (at: number) => boolean = () => false) =>
    (query: URLSearchParams): Reply => {
      const from = Number(query.get('from'));
      const to = Number(query.get('to'));
      const candles = [];
      for (let at = from; at <= to; at += 3_600)
        if (!skip(at))
          candles.push({
            time: at * 1_000,
            open: '1',
            high: '1',
            low: '1',
            close: '1',
            volume: '0.100',
          });
      return json({ candles: candles.slice(0, limit), more_candles: candles.length > limit });
    };

  it('walks candles in windows, asks in seconds and reads milliseconds', async () => {
    const { lines, findings } = await run(
      { kind: 'candles', until: epochMs(SINCE + 2_500 * HOUR) },
      candleServer(5_000),
    );
    expect(lines).to.have.length(2_500);
    expect(findings).to.deep.equal([]);
    expect(lines[0]).to.include(`"time":${SINCE}`).and.to.include('"volume":"0.100"');
  });

  it('goes on after the last candle of a range that the venue cut', async () => {
    const { lines, findings } = await run(
      { kind: 'candles', until: epochMs(SINCE + 250 * HOUR) },
      candleServer(60),
    );
    expect(lines).to.have.length(250);
    expect(findings).to.deep.equal([]);
  });

  it('reports missing candles', async () => {
    const { findings } = await run(
      { kind: 'candles' },
      candleServer(5_000, (at) => at % 36_000 === 0),
    );
    expect(findings.every(({ type }) => type === 'BucketsMissing')).to.equal(true);
    expect(findings.reduce((sum, { count }) => sum + count, 0)).to.be.within(8, 10);
  });

  it('turns parallel analytics series into one row per bucket', async () => {
    const { lines, requests } = await run(
      { kind: 'analytics', series: 'cvd', intervalSeconds: 3_600 },
      (query) => {
        const from = Number(query.get('since'));
        const count = Math.floor((Number(query.get('to')) - from) / 3_600) + 1;
        const at = Array.from({ length: count }, (_, index) => from + index * 3_600);
        return json({
          result: {
            timestamp: at,
            more: false,
            data: { buyVolume: at.map(String), deep: { cvd: at.map(() => '-1.30') } },
          },
          errors: [],
        });
      },
    );
    expect(lines).to.have.length(100);
    expect(lines[1]).to.equal(
      `{"timestamp":${SINCE + HOUR},"data":{"buyVolume":"${(SINCE + HOUR) / 1_000}","deep":{"cvd":"-1.30"}}}`,
    );
    expect(requests[0]?.path).to.equal('/api/charts/v1/analytics/PF_XBTUSD/cvd');
  });

  it('says why the charts refuse, in their words, and asks once', async () => {
    const errors = [
      { severity: 'error', error_class: 'x', type: 'y', msg: 'unknown symbol', field: 'symbol' },
      { severity: 'error', error_class: 'BadRequest' },
    ];
    const envelope = JSON.stringify({ result: {}, errors });
    for (const [kind, reply, text] of [
      ['analytics', toReply(envelope, 404), '404 symbol: unknown symbol; BadRequest'],
      [
        'candles',
        { ...toReply('Invalid symbol', 404), headers: { 'content-type': 'text/plain' } } as Reply,
        '404 Invalid symbol',
      ],
    ] as const) {
      const { result, requests, files } = await run({ kind, series: 'cvd' }, () => reply, 3);
      if (result.ok || result.error.type !== 'Venue') throw new Error('it was not refused');
      expect(result.error.message).to.equal(text);
      expect(result.error.outcome).to.include({ type: 'Refused', reason: 'Argument' });
      expect(requests).to.have.length(1);
      expect(files).to.deep.equal([]);
    }
  });

  it('takes funding rates from v4, from v3 when v4 fails, and only the span asked for', async () => {
    const rates = Array.from({ length: 200 }, (_, index) => ({
      timestamp: new Date(SINCE + (index - 50) * HOUR).toISOString(),
      fundingRate: index,
      relativeFundingRate: 0,
    }));
    for (const isV4Gone of [false, true]) {
      const { lines, requests } = await run({ kind: 'funding-rates' }, (_query, { path }) =>
        isV4Gone && path.includes('/v4/')
          ? toReply('<html>', 404)
          : json({ result: 'success', rates }),
      );
      expect(lines).to.have.length(100);
      expect(requests).to.have.length(isV4Gone ? 2 : 1);
    }
  });

  it('walks mark prices, whose rows have no uid', async () => {
    const { lines } = await run({ kind: 'mark-prices' }, (query) => {
      const page = Number(query.get('continuation_token') ?? 0);
      const elements = Array.from({ length: 10 }, (_, index) => ({
        uid: '',
        timestamp: SINCE + (page * 10 + index) * 1_000,
        event: { MarkPriceChanged: { price: '90771.11752545156' } },
      }));
      return json({
        len: 10,
        elements,
        ...(page < 3 ? { continuationToken: String(page + 1) } : {}),
      });
    });
    expect(lines).to.have.length(40);
  });

  it('stops at a page that links to itself instead of walking for ever', async () => {
    const { result } = await run({ kind: 'mark-prices' }, () =>
      json({ elements: [], continuationToken: 'same' }),
    );
    expect(!result.ok && result.error.message).to.equal('the page links to itself');
  });

  it('writes the account log CSV as the venue wrote it', async () => {
    const text = 'uid,dateTime,asset\n1,2026-03-01 00:00:00,usd\n';
    const { lines, result } = await run({ kind: 'account-log-csv', format: 'csv' }, () => ({
      type: 'Answered',
      httpStatus: 200,
      headers: { 'content-type': 'text/csv' },
      bodyText: text,
      json: undefined,
      latencyMs: 1,
    }));
    expect(lines.join('\n')).to.equal(text.trim());
    expect(result.ok && result.value.rows).to.equal(1);
  });
});
