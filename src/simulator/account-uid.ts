import { createHash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The venue's `accountUid` of an account [rest 2.12]: a UUID, always the same for one name. */
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

/** Finds the account whose UUID or name is `text`; `text` itself when there is none. */
export const accountNamed = (accounts: readonly string[], text: string): string =>
  accounts.find((account) => account === text || accountUid(account) === text.toLowerCase()) ??
  text;
