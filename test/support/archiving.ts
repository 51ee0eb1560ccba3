import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClosedOrders, openClosedOrders } from '../../src/app/retention/closed-orders.ts';
import { archivedOrderOf } from '../../src/core/evolve/order-memory.ts';
import { type ClOrdID } from '../../src/domain/ids.ts';
import { type VenueBusinessReject } from '../../src/domain/venue-report.ts';
import { type Bench, SOURCE } from './bench.ts';
import { okValue } from './ok-value.ts';

/** An archive in a folder of its own. */
export const temporaryArchive = (
  onTrouble: (text: string) => void = (text) => {
    throw new Error(text);
  },
): {
  readonly dir: string;
  readonly archive: ClosedOrders;
  readonly remove: () => Promise<void>;
} => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-closed-'));
  const archive = okValue(openClosedOrders({ dir, isDurable: false, onTrouble }));
  const remove = async (): Promise<void> => {
    await archive.close();
    rmSync(dir, { recursive: true });
  };
  return { dir, archive, remove };
};

/** Every closed order leaves memory, as the engine's keeper does it. */
export const archiveClosed = (bench: Bench, archive: ClosedOrders): void => {
  bench.recall = archive.recall;
  const orders = [...bench.state.closedOrderIDs].flatMap(
    (orderID) => archivedOrderOf(bench.state, orderID) ?? [],
  );
  // Without waiting for the disk an addition is done at once.
  void archive.add(orders, bench.at);
  bench.input({ type: 'ArchiveOrders', orders });
};

/** The orders of these requests come back to memory. */
export const recallAll = (
  bench: Bench,
  archive: ClosedOrders,
  clOrdIDs: readonly ClOrdID[],
): void => {
  for (const refID of clOrdIDs) {
    const report: VenueBusinessReject = {
      type: 'BusinessReject',
      refMsgType: 'D',
      refID,
      reason: 0,
    };
    const [first] = archive.recall(bench.state, { type: 'VenueReported', report, source: SOURCE });
    if (first?.type === 'RecallOrder') bench.input(first);
  }
};
