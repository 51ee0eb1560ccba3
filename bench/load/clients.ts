import { runFixClients } from './fix-clients.ts';
import { type ClientJob, type ClientNews } from './plan.ts';
import { runRestClients } from './rest-clients.ts';
import { Tally } from './tally.ts';
import { runWsClients } from './ws-clients.ts';

/** A process of clients of one channel: its job is the first message, the second one ends it. */
const RUN = { rest: runRestClients, ws: runWsClients, fix: runFixClients } as const;
const NEWS_MS = 1_000;

const tell = (news: ClientNews): void => {
  process.send?.(news);
};

const run = async (job: ClientJob): Promise<void> => {
  const tally = new Tally();
  const news = setInterval(() => {
    tell({ counts: tally.counts(), isDone: false });
  }, NEWS_MS);
  const until = new Promise<void>((resolve) => {
    process.once('message', () => {
      resolve();
    });
  });
  await RUN[job.channel](job, tally, until);
  clearInterval(news);
  tell({ counts: tally.counts(), latencies: tally.latencies(), isDone: true });
  process.disconnect();
};

process.once('message', (job) => {
  run(job as ClientJob).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
