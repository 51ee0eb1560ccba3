import { type OrderID } from '../../domain/ids.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type ArchivedOrder } from '../state.ts';

/** Closed orders left memory; the archive had them before. Their ids stay used. */
export interface OrdersArchived {
  readonly type: 'OrdersArchived';
  readonly at: EpochMs;
  readonly orderIDs: readonly OrderID[];
}

/** An order came back from the archive, whole, because something new was said about it. */
export interface OrderRecalled {
  readonly type: 'OrderRecalled';
  readonly at: EpochMs;
  readonly archived: ArchivedOrder;
}
