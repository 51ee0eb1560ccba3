import { type FundingLedger, type LogEntry } from '../../core/positions/funding-ledger.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type FeedOutput } from '../../kraken/websocket/connection/feed-types.ts';
import { type AccountLogEntry } from '../../kraken/websocket/events/private-events.ts';

const FUNDING = 'funding rate change';

/** Reads the funding payments out of the account log feed into a ledger [websocket 8.6]. */
export const noteFunding = (ledger: FundingLedger, output: FeedOutput): void => {
  if (output.type === 'Unreadable' && output.feed === 'account_log') ledger.noteUnreadable();
  if (output.type !== 'Event') return;
  const { event } = output;
  if (event.type !== 'AccountLogSnapshot' && event.type !== 'AccountLogUpdate') return;
  const entries = event.type === 'AccountLogUpdate' ? [event.entry] : event.entries;
  if (entries.some((entry) => isPayment(entry) && paymentOf(entry) === undefined)) {
    ledger.noteUnreadable();
  }
  ledger.note(entries.map(toEntry));
};

const toEntry = (entry: AccountLogEntry): LogEntry => ({
  id: entry.id,
  ...defined({ at: entry.at, funding: paymentOf(entry) }),
});

/** Funding is also realised by trades, on their money leg; the other leg counts contracts. */
const isPayment = ({ info, figures, asset, contract }: AccountLogEntry): boolean => {
  const amount = figures['realizedFunding'];
  const isMoney = asset?.toLowerCase() !== contract?.toLowerCase();
  return isMoney && (info === FUNDING || (amount !== undefined && amount !== '0'));
};

const paymentOf = (entry: AccountLogEntry): LogEntry['funding'] => {
  const { contract, asset, figures } = entry;
  const amount = figures['realizedFunding'];
  if (!isPayment(entry) || amount === undefined) return undefined;
  if (contract === undefined || asset === undefined) return undefined;
  const symbol = contract.toUpperCase() as TradingSymbol;
  return { symbol, currency: asset.toUpperCase(), amount };
};
