import { type JsonObject, type JsonValue } from '../../../lib/lossless-json.ts';
import { type AssignmentPreference } from '../../exchange/commands.ts';
import { failure, type RestAnswer, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type Endpoint,
  type RestCall,
  type RestVenue,
  UNPUBLISHED_POINTS,
} from '../endpoint.ts';
import { type DeskCommand } from '../engine-desk.ts';
import { type Fields, readBoolean, readDecimal, readInteger } from '../fields.ts';
import { defined, double, iso, plain, whole } from '../json.ts';
import { V3 } from './paths.ts';
import { refusalOf } from './settings.ts';

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
  command: DeskCommand,
  withUid = false,
): Promise<RestAnswer> => {
  const events = await venue.desk.ask(command);
  if (events === undefined) return failure(call.at, 'Unavailable');
  const reason = refusalOf(events);
  if (reason !== undefined) return failure(call.at, reason);
  const done = events.find((event) => event.type === 'Transferred');
  return success(call.at, withUid ? { uid: done?.transferId ?? '' } : {});
};

const lower = (text: string | undefined): string => (text ?? '').toLowerCase();
const upper = (text: string | undefined): string => (text ?? '').toUpperCase();

export const transfer: Endpoint = {
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

export const transferSubaccount: Endpoint = {
  id: 'transfer-subaccount',
  method: 'POST',
  paths: [`${V3}/transfer/subaccount`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(10),
  check: checkMovement('fromUser', 'toUser', 'fromAccount', 'toAccount', 'unit', 'amount'),
  answer: (call, venue) => {
    const [fromUser, toUser] = [call.fields.get('fromUser') ?? '', call.fields.get('toUser') ?? ''];
    const own = accountOf(call);
    const family = [own, ...(venue.queries.preferences(own)?.subaccounts ?? [])];
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

export const withdrawal: Endpoint = {
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

/** `fi_xbtusd` is called `f-xbt:usd` here (rest 6.1). */
const walletName = (wallet: string): string =>
  wallet.replace(/^fi_(.+)usd$/, (_all, base: string) => `f-${base}:usd`);

const FLEX_FIGURES = [
  'initialMargin',
  'initialMarginWithOrders',
  'maintenanceMargin',
  'balanceValue',
  'portfolioValue',
  'collateralValue',
  'pnl',
  'unrealizedFunding',
  'totalUnrealized',
  'totalUnrealizedAsMargin',
  'availableMargin',
  'marginEquity',
] as const;

const subaccountRow = (uid: string, venue: RestVenue): JsonObject => {
  const wallets = venue.queries.wallets(uid);
  const cash = wallets.find(({ wallet }) => wallet === 'cash');
  const flex = wallets.find(({ wallet }) => wallet === 'flex');
  const currencies: readonly JsonValue[] = (flex?.currencies ?? []).map((row) => ({
    currency: row.currency.toLowerCase(),
    quantity: plain(row.quantity),
    value: double(row.value),
    collateral: double(row.collateral),
    available: plain(row.available),
  }));
  return {
    accountUid: uid,
    email: `${uid}@fathom.invalid`,
    fullName: null,
    holdingAccounts: (cash?.currencies ?? []).map(({ currency, quantity }) => ({
      currency: currency.toLowerCase(),
      amount: plain(quantity),
    })),
    futuresAccounts: wallets
      .filter(({ wallet }) => wallet.startsWith('fi_'))
      .map(({ wallet, availableMargin }) => ({
        name: walletName(wallet),
        availableMargin: double(availableMargin),
      })),
    flexAccount: {
      currencies,
      ...Object.fromEntries(FLEX_FIGURES.map((name) => [name, double(flex?.[name] ?? '0')])),
    },
  };
};

export const subaccounts: Endpoint = {
  id: 'subaccounts',
  method: 'GET',
  paths: [`${V3}/subaccounts`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) => {
    const preferences = venue.queries.preferences(accountOf(call));
    return success(call.at, {
      masterAccountUid: preferences?.master ?? accountOf(call),
      subaccounts: (preferences?.subaccounts ?? []).map((uid) => subaccountRow(uid, venue)),
    });
  },
};

const participant = (preference: AssignmentPreference): JsonObject =>
  defined({
    contractType: preference.contractType,
    contract: preference.contract ?? null,
    maxSize: preference.maxSize === undefined ? null : double(preference.maxSize),
    maxPosition: preference.maxPosition === undefined ? null : double(preference.maxPosition),
    acceptLong: preference.acceptLong,
    acceptShort: preference.acceptShort,
    timeFrame: preference.timeFrame,
    enabled: preference.enabled,
  });

export const assignmentCurrent: Endpoint = {
  id: 'assignmentprogram-current',
  method: 'GET',
  paths: [`${V3}/assignmentprogram/current`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) => {
    const current = venue.queries.preferences(accountOf(call))?.assignments ?? [];
    return success(call.at, {
      participants: current.map(({ id, preference }) => ({
        id: whole(id),
        participant: participant(preference),
      })),
    });
  },
};

export const assignmentHistory: Endpoint = {
  id: 'assignmentprogram-history',
  method: 'GET',
  paths: [`${V3}/assignmentprogram/history`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) =>
    success(call.at, {
      participants: venue.settings
        .assignmentChanges(accountOf(call))
        .map(({ deleted, at, preference }) => ({
          deleted,
          timestamp: iso(at),
          participant: participant(preference),
        })),
    }),
};

const TIME_FRAMES = ['WEEKDAYS', 'WEEKEND', 'ALL'] as const;
const isTimeFrame = (text: string | undefined): text is AssignmentPreference['timeFrame'] =>
  TIME_FRAMES.some((frame) => frame === text);

const ADD_REQUIRED = ['contractType', 'acceptLong', 'acceptShort', 'timeFrame', 'enabled'];

/** What the form asks for, or the name of the parameter that makes no sense. */
const readPreference = (fields: Fields): AssignmentPreference | string => {
  const flags = ['acceptLong', 'acceptShort', 'enabled'].map((name) =>
    readBoolean(fields.get(name)),
  );
  const [acceptLong, acceptShort, enabled] = flags.map((flag) =>
    flag === 'invalid' ? undefined : flag.value,
  );
  if (acceptLong === undefined || acceptShort === undefined || enabled === undefined) {
    return 'acceptLong';
  }
  const timeFrame = fields.get('timeFrame');
  if (!isTimeFrame(timeFrame)) return 'timeFrame';
  const maxSize = readDecimal(fields.get('maxSize'));
  const maxPosition = readDecimal(fields.get('maxPosition'));
  if (maxSize === 'invalid' || maxPosition === 'invalid') return 'maxSize';
  const contract = fields.get('contract')?.toUpperCase();
  return {
    contractType: fields.get('contractType') ?? '',
    ...(contract === undefined ? {} : { contract }),
    ...(maxSize.value === undefined ? {} : { maxSize: maxSize.value }),
    ...(maxPosition.value === undefined ? {} : { maxPosition: maxPosition.value }),
    acceptLong,
    acceptShort,
    timeFrame,
    enabled,
  };
};

export const assignmentAdd: Endpoint = {
  id: 'assignmentprogram-add',
  method: 'POST',
  paths: [`${V3}/assignmentprogram/add`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  check: ({ fields, at }) => {
    if (ADD_REQUIRED.some((name) => !fields.has(name)))
      return failure(at, 'requiredArgumentMissing');
    const read = readPreference(fields);
    return typeof read === 'string' ? failure(at, `invalidArgument: ${read}`) : undefined;
  },
  answer: async (call, venue) => {
    const preference = readPreference(call.fields);
    if (typeof preference === 'string') return failure(call.at, `invalidArgument: ${preference}`);
    const account = accountOf(call);
    const events = await venue.desk.ask({ type: 'SetAssignment', account, preference });
    const set = events?.find((event) => event.type === 'PreferenceSet');
    if (set?.assignmentId === undefined) return failure(call.at, 'Unavailable');
    venue.settings.recordAssignment(account, { deleted: false, at: call.at, preference });
    return success(call.at, { id: whole(set.assignmentId), participant: participant(preference) });
  },
};

export const assignmentDelete: Endpoint = {
  id: 'assignmentprogram-delete',
  method: 'POST',
  paths: [`${V3}/assignmentprogram/delete`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  check: ({ fields, at }) => {
    const read = readInteger(fields.get('id'));
    if (read === 'invalid') return failure(at, 'invalidArgument: id');
    return read.value === undefined ? failure(at, 'requiredArgumentMissing') : undefined;
  },
  answer: async (call, venue) => {
    const read = readInteger(call.fields.get('id'));
    const id = read === 'invalid' ? undefined : read.value;
    const account = accountOf(call);
    const found = venue.queries.preferences(account)?.assignments.find((each) => each.id === id);
    if (found === undefined || id === undefined) return failure(call.at, 'notFound');
    await venue.desk.ask({ type: 'RemoveAssignment', account, id });
    const { preference } = found;
    venue.settings.recordAssignment(account, { deleted: true, at: call.at, preference });
    return success(call.at, { id: whole(id), participant: participant(preference) });
  },
};
