import { createHash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * How the venue writes an account: a UUID `accountUid` [rest 2.12], always the same for one name of
 * a run.
 */
export const accountUid = (account: string): string => {
  if (UUID.test(account)) return account;
  const hex = createHash('sha256').update(`account ${account}`).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

/**
 * The account that `text` names, by its UUID or by its name in this run; `text` itself when nobody
 * is meant.
 */
export const accountNamed = (accounts: readonly string[], text: string): string =>
  accounts.find((account) => account === text || accountUid(account) === text.toLowerCase()) ??
  text;
