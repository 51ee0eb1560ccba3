import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Big } from 'big.js';

/** What `/state` of the admin endpoint says of an account; only what is checked. */
export interface AccountState {
  readonly positions: readonly { readonly symbol: string; readonly size: string }[];
  readonly balances: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly openOrders: readonly unknown[];
}

export interface MoneyCheck {
  readonly accounts: number;
  readonly positions: number;
  readonly fills: number;
  readonly balances: number;
  readonly entries: number;
  /** The disagreements; empty when there are none. */
  readonly problems: readonly string[];
}

interface Line {
  readonly kind: string;
  readonly account: string;
  readonly symbol?: string;
  readonly side?: string;
  readonly lastQty?: string;
  readonly wallet?: string;
  readonly currency?: string;
  readonly oldBalance?: string;
  readonly newBalance?: string;
  readonly line: number;
}

const PROBLEMS_MAX = 20;

/**
 * Holds the ledger's file against what the venue says at the end: every position is the sum of its
 * fills, every balance is where its last booking left it, each booking begins where the one before
 * ended, and no line is missing.
 */
export const checkMoney = async (
  ledgerFile: string,
  accounts: Readonly<Record<string, AccountState>>,
): Promise<MoneyCheck> => {
  const sums = new Map<string, Big>();
  const balances = new Map<string, string>();
  const problems: string[] = [];
  let fills = 0;
  let entries = 0;
  const lines = createInterface({ input: createReadStream(ledgerFile), crlfDelay: Infinity });
  for await (const text of lines) {
    const line = JSON.parse(text) as Line;
    entries += 1;
    if (line.line !== entries) problems.push(`line ${entries} of the ledger says ${line.line}`);
    if (line.kind === 'fill') {
      fills += 1;
      addFill(sums, line);
    } else if (line.kind === 'booking') addBooking(balances, line, problems);
    if (problems.length > PROBLEMS_MAX) break;
  }
  const positions = comparePositions(sums, accounts, problems);
  const compared = compareBalances(balances, accounts, problems);
  const counts = { accounts: Object.keys(accounts).length, positions, fills, entries };
  return { ...counts, balances: compared, problems };
};

const addFill = (sums: Map<string, Big>, { account, symbol, side, lastQty = '0' }: Line): void => {
  const key = `${account} ${symbol ?? ''}`;
  const size = new Big(lastQty).times(side === 'buy' ? 1 : -1);
  sums.set(key, (sums.get(key) ?? new Big(0)).plus(size));
};

const addBooking = (balances: Map<string, string>, line: Line, problems: string[]): void => {
  const { account, wallet = '', currency = '', oldBalance = '0', newBalance = '0' } = line;
  const key = `${account} ${wallet} ${currency}`;
  const before = balances.get(key);
  if (before !== undefined && !new Big(before).eq(oldBalance)) {
    problems.push(`${key}: ${oldBalance} follows ${before}`);
  }
  balances.set(key, newBalance);
};

const comparePositions = (
  sums: ReadonlyMap<string, Big>,
  accounts: Readonly<Record<string, AccountState>>,
  problems: string[],
): number => {
  const left = new Map(sums);
  let compared = 0;
  for (const [account, state] of Object.entries(accounts)) {
    for (const { symbol, size } of state.positions) {
      const key = `${account} ${symbol}`;
      const sum = left.get(key) ?? new Big(0);
      left.delete(key);
      compared += 1;
      if (!sum.eq(size)) problems.push(`${key}: ${size}, fills say ${sum.toFixed()}`);
    }
  }
  for (const [key, sum] of left) {
    if (!sum.eq(0)) problems.push(`${key}: no position, fills say ${sum.toFixed()}`);
  }
  return compared;
};

const compareBalances = (
  balances: ReadonlyMap<string, string>,
  accounts: Readonly<Record<string, AccountState>>,
  problems: string[],
): number => {
  for (const [key, booked] of balances) {
    const [account = '', wallet = '', currency = ''] = key.split(' ');
    const told = accounts[account]?.balances[wallet]?.[currency] ?? '0';
    if (!new Big(told).eq(booked)) problems.push(`${key}: ${told}, last booked ${booked}`);
  }
  return balances.size;
};
