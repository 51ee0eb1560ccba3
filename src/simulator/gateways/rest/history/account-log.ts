import { type AccountLogEntry } from '../../../exchange/model/views.ts';
import { type EventOf } from '../../../exchange/model/events.ts';
import { type IdSource } from '../../../exchange/model/id-source.ts';
import { type RowLimits } from '../../../row-limits.ts';

/** A row of the account log: a money leg or a position leg [rest 2.12 history-account-log]. */
export interface AccountLogRow extends Omit<AccountLogEntry, 'wallet' | 'info'> {
  readonly info: string;
  readonly wallet: string;
}

type Limits = Pick<RowLimits, 'accountLogOfOne' | 'accountLogOfAll'>;

/**
 * The log of every account, ids from 1 per account. A trade writes two rows: money, then position.
 * When the rows of all accounts exceed the common limit, each account keeps a fair share at most.
 */
export class AccountLog {
  readonly #ids: IdSource;
  readonly #limits: Limits;
  readonly #rows = new Map<string, AccountLogRow[]>();
  readonly #made = new Map<string, number>();
  #kept = 0;
  readonly #infoByFill = new Map<string, string>();

  constructor(ids: IdSource, limits: Limits) {
    this.#ids = ids;
    this.#limits = limits;
  }

  rows(account: string): readonly AccountLogRow[] {
    return this.#rows.get(account) ?? [];
  }

  addMoney(entry: AccountLogEntry): void {
    if (entry.fillId !== undefined) this.#infoByFill.set(entry.account, entry.info);
    this.#add(entry);
  }

  addPosition(change: EventOf<'PositionChanged'>): void {
    if (change.reason === 'fundingRealisation') return;
    const { account, at, symbol, before, after } = change;
    const info =
      change.reason === 'settlement'
        ? 'settlement'
        : (this.#infoByFill.get(account) ?? 'futures trade');
    this.#add({
      account,
      at,
      bookingId: this.#ids.next(),
      info,
      wallet: walletOf(symbol),
      asset: symbol,
      contract: symbol,
      oldBalance: before.size,
      newBalance: after.size,
      oldEntryPrice: before.entryPrice,
      newEntryPrice: after.entryPrice,
      tradePrice: change.price,
      markPrice: undefined,
      realizedPnl: undefined,
      fee: undefined,
      fillId: change.fillId,
      fundingRate: undefined,
      realizedFunding: undefined,
    });
  }

  #add(entry: Omit<AccountLogRow, 'id'>): void {
    const id = (this.#made.get(entry.account) ?? 0) + 1;
    this.#made.set(entry.account, id);
    const rows = this.#rows.get(entry.account) ?? [];
    rows.push({ ...entry, id });
    this.#kept += 1;
    if (rows.length > this.#roomOfOne()) {
      this.#kept -= rows.splice(0, Math.ceil(rows.length / 10)).length;
    }
    this.#rows.set(entry.account, rows);
  }

  #roomOfOne(): number {
    const { accountLogOfAll, accountLogOfOne } = this.#limits;
    return this.#kept > accountLogOfAll ? accountLogOfAll / this.#rows.size : accountLogOfOne;
  }
}

/** Linear contracts are margined by `flex`, inverse ones by the wallet of their base. */
const walletOf = (symbol: string): string => {
  const [family = '', pair = ''] = symbol.toLowerCase().split('_');
  return family === 'pi' || family === 'fi' ? `fi_${pair}` : 'flex';
};
