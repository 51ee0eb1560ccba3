import { count, seconds } from './kinds.ts';

export const CLOSED_ORDERS = {
  keepSeconds: seconds(
    'Time after its last change that a closed order stays in memory. Later it is in the archive, and comes back by itself when something is said about it.',
  )
    .between(1, 86_400)
    .withDefault(900),
  countMax: count('Closed orders in memory; of more, the oldest leave earlier.')
    .between(0, 1_000_000)
    .withDefault(50_000),
  archiveDays: count(
    'Days after which the archive forgets what a closed order was: a later report about it is quarantined with an alert. That its ClOrdID was used is never forgotten.',
  )
    .between(1, 36_500)
    .withDefault(30),
};
