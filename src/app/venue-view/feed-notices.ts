import { isDamage, type Oddity } from '../../kraken/json/readers.ts';
import { type FeedOutput } from '../../kraken/websocket/connection/feed-types.ts';
import { type Logger } from '../../observability/logger.ts';
import { type Metrics } from '../../observability/metrics.ts';

export interface FeedNoticeSink {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface FeedNotices {
  readonly notice: (notice: {
    readonly severity: 'info' | 'warn' | 'error';
    readonly code: string;
    readonly text: string;
  }) => void;
  /** Reports notices, unreadable frames and oddities among a feed machine's outputs. */
  readonly output: (output: FeedOutput) => void;
  readonly health: (isUp: boolean) => void;
}

/**
 * Reports a feed's notices to the log and to the metrics, by code. `feed`: `public`, `private`,
 * with several accounts `private:<account>`.
 */
export const makeFeedNotices = (feed: string, { logger, metrics }: FeedNoticeSink): FeedNotices => {
  let wasUp: boolean | undefined;
  /**
   * What is odd comes with every frame, so each is logged once. The metrics count all. An unknown
   * field is news; anything else makes a view incomplete.
   */
  const odd = new Set<string>();
  const notice: FeedNotices['notice'] = ({ severity, code, text }) => {
    metrics.feedNotice(feed, code);
    logger[severity](text, { feed, code });
  };
  const tellOddity = (oddity: Oddity): void => {
    const { kind, path, value } = oddity;
    const text = `${kind} ${path}${value === undefined ? '' : ` "${value}"`}`;
    const code = isDamage(oddity) ? 'INCOMPLETE' : 'ODDITY';
    metrics.feedNotice(feed, code);
    if (odd.has(text) || odd.size >= ODDITIES_TOLD_MAX) return;
    odd.add(text);
    logger[code === 'ODDITY' ? 'info' : 'warn'](text, { feed, code });
  };
  return {
    notice,
    output: (output) => {
      if (output.type === 'Notice') notice(output);
      if (output.type === 'Unreadable')
        notice({ severity: 'warn', code: 'UNREADABLE', text: `a frame of ${output.feed}` });
      if (output.type === 'Oddities') for (const one of output.oddities) tellOddity(one);
    },
    health: (isUp) => {
      if (isUp === wasUp) return;
      wasUp = isUp;
      metrics.feedUp(feed, isUp);
    },
  };
};

const ODDITIES_TOLD_MAX = 1_000;
