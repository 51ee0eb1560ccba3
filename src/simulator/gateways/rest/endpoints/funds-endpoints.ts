import { accountNamed } from '../../../account-uid.ts';
import { failure, type RestAnswer, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestCall,
  type RestVenue,
  V3,
} from './endpoint.ts';
import { type ClientCommand } from '../exchange-client.ts';
import { type Fields, readDecimal } from '../fields.ts';
import { refusalOf } from './settings-endpoints.ts';

const checkMovement =
  (...names: readonly string[]) =>
  ({ fields, at }: Pick<RestCall, 'fields' | 'at'>): RestAnswer | undefined => {
    if (names.some((name) => !fields.has(name))) return failure(at, 'requiredArgumentMissing');
    return readDecimal(fields.get('amount')) === 'invalid'
      ? failure(at, 'invalidAmount')
      : undefined;
  };

const amountOf = (fields: Fields): string => {
  const read = readDecimal(fields.get('amount'));
  return read === 'invalid' ? '' : (read.value ?? '');
};

const move = async (
  call: RestCall,
  venue: RestVenue,
  command: ClientCommand,
  withUid = false,
): Promise<RestAnswer> => {
  const events = await venue.exchange.ask(command);
  if (events === undefined) return failure(call.at, 'Unavailable');
  const reason = refusalOf(events);
  if (reason !== undefined) return failure(call.at, reason);
  const done = events.find((event) => event.type === 'Transferred');
  return success(call.at, withUid ? { uid: done?.transferId ?? '' } : {});
};

const lower = (text: string | undefined): string => (text ?? '').toLowerCase();
const upper = (text: string | undefined): string => (text ?? '').toUpperCase();

export const transfer: ServedEndpoint = {
  id: 'transfer',
  method: 'POST',
  paths: [`${V3}/transfer`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  check: checkMovement('fromAccount', 'toAccount', 'unit', 'amount'),
  answer: (call, venue) =>
    move(call, venue, {
      type: 'Transfer',
      fromAccount: accountOf(call),
      toAccount: accountOf(call),
      fromWallet: lower(call.fields.get('fromAccount')),
      toWallet: lower(call.fields.get('toAccount')),
      currency: upper(call.fields.get('unit')),
      amount: amountOf(call.fields),
    }),
};

export const transferSubaccount: ServedEndpoint = {
  id: 'transfer-subaccount',
  method: 'POST',
  paths: [`${V3}/transfer/subaccount`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  check: checkMovement('fromUser', 'toUser', 'fromAccount', 'toAccount', 'unit', 'amount'),
  answer: (call, venue) => {
    const own = accountOf(call);
    const family = [own, ...(venue.queries.preferences(own)?.subaccounts ?? [])];
    const [fromUser, toUser] = ['fromUser', 'toUser'].map((name) =>
      accountNamed(family, call.fields.get(name) ?? ''),
    ) as [string, string];
    if (!family.includes(fromUser) || !family.includes(toUser)) {
      return Promise.resolve(failure(call.at, 'invalidAccount'));
    }
    return move(call, venue, {
      type: 'Transfer',
      fromAccount: fromUser,
      toAccount: toUser,
      fromWallet: lower(call.fields.get('fromAccount')),
      toWallet: lower(call.fields.get('toAccount')),
      currency: upper(call.fields.get('unit')),
      amount: amountOf(call.fields),
    });
  },
};

export const withdrawal: ServedEndpoint = {
  id: 'withdrawal',
  method: 'POST',
  paths: [`${V3}/withdrawal`],
  service: 'derivatives',
  access: 'withdrawal',
  cost: costs(100),
  check: checkMovement('currency', 'amount'),
  answer: (call, venue) =>
    move(
      call,
      venue,
      {
        type: 'Withdraw',
        account: accountOf(call),
        wallet: lower(call.fields.get('sourceWallet') ?? 'cash'),
        currency: upper(call.fields.get('currency')),
        amount: amountOf(call.fields),
      },
      true,
    ),
};
