import { type EpochMs } from '../lib/time.ts';

/**
 * The truth about every order, fill, cancel and transfer, one flat JSON object per line. Amounts
 * are plain decimal text.
 */
export type LedgerEntry = LedgerStamp &
  (
    | (LedgerOrder & {
        readonly kind: 'order';
        readonly event: OrderLedgerEvent;
        readonly reason?: string;
      })
    | (LedgerOrder & {
        readonly kind: 'fill';
        readonly fillId: string;
        readonly tradeId: string;
        readonly role: 'maker' | 'taker';
        readonly fillType: string;
        readonly price: string;
        readonly lastQty: string;
        readonly fee: string;
        readonly feeCurrency: string;
        readonly realizedPnl: string;
        readonly position: string;
      })
    /**
     * A fill that the venue took back (`lastQty` 0) or changed; amounts are those of the change.
     */
    | (LedgerOrder & {
        readonly kind: 'bust' | 'correction';
        readonly fillId: string;
        readonly tradeId: string;
        readonly role: 'maker' | 'taker';
        readonly price: string;
        readonly lastQty: string;
        readonly oldPrice: string;
        readonly oldQty: string;
        readonly feeChange: string;
        readonly feeCurrency: string;
        readonly realizedPnlChange: string;
        readonly position: string;
      })
    | {
        readonly kind: 'refusal';
        readonly account: string;
        readonly owner?: string;
        readonly cliOrdId?: string;
        readonly orderId?: string;
        readonly request: 'place' | 'edit' | 'cancel';
        readonly reason: string;
      }
    | {
        readonly kind: 'transfer';
        readonly account: string;
        readonly transferId: string;
        readonly transfer: string;
        readonly fromAccount?: string;
        readonly toAccount?: string;
        readonly fromWallet?: string;
        readonly toWallet?: string;
        readonly currency: string;
        readonly amount: string;
      }
    | {
        readonly kind: 'booking';
        readonly account: string;
        readonly info: string;
        readonly wallet: string;
        readonly currency: string;
        readonly oldBalance: string;
        readonly newBalance: string;
        readonly contract?: string;
        readonly fillId?: string;
      }
  );

interface LedgerStamp {
  /** Line number, from 1. */
  readonly line: number;
  readonly at: EpochMs;
  /** Of the exchange event. */
  readonly seq: number;
}

export interface LedgerOrder {
  readonly account: string;
  readonly owner: string;
  readonly orderId: string;
  readonly cliOrdId?: string;
  readonly symbol: string;
  readonly side: string;
  readonly orderType: string;
  readonly size: string;
  readonly filled: string;
  readonly remaining: string;
  readonly limitPrice?: string;
}

export type OrderLedgerEvent =
  | 'held'
  | 'accepted'
  | 'booked'
  | 'edited'
  | 'reduced'
  | 'canceled'
  | 'triggered'
  | 'triggerFailed';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An entry without its stamp. */
export type EntryBody = DistributiveOmit<LedgerEntry, keyof LedgerStamp>;
