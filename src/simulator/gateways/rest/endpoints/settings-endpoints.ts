import { defined } from '../../../../lib/defined.ts';
import { type SelfTradeStrategy } from '../../../exchange/model/vocabulary.ts';
import { type CommandError, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { decimal } from '../../../../lib/decimal.ts';
import { failure, failures, type RestAnswer, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestCall,
  type RestVenue,
  UNPUBLISHED_POINTS,
  V3,
} from './endpoint.ts';
import { type ClientCommand } from '../exchange-client.ts';
import { readDecimal } from '../fields.ts';
import { double, plain } from '../json.ts';

/** Numbers of `errors[]` for refused preferences [rest 2.5, 3.2]. */
const CODES: Readonly<Partial<Record<CommandError, number>>> = {
  wouldCauseLiquidation: 41,
  contractNotFound: 87,
  notMultiCollateral: 88,
  currencyNotFound: 89,
  currencyNotEnabled: 90,
};

export const refusalOf = (events: readonly ExchangeEvent[]): CommandError | undefined =>
  events.find((event) => event.type === 'CommandRefused')?.reason;

const refused = (call: RestCall, reason: CommandError): RestAnswer => {
  const code = CODES[reason];
  return code === undefined
    ? failure(call.at, reason)
    : failures(call.at, 400, { code, message: reason });
};

/** Performs a command whose answer is `success` without data. */
const perform = async (
  call: RestCall,
  venue: RestVenue,
  command: ClientCommand,
  payload = {},
): Promise<RestAnswer> => {
  const events = await venue.exchange.ask(command);
  if (events === undefined) return failure(call.at, 'Unavailable');
  const reason = refusalOf(events);
  return reason === undefined ? success(call.at, payload) : refused(call, reason);
};

const BASE = { service: 'derivatives' } as const;

export const leverageGet: ServedEndpoint = {
  ...BASE,
  id: 'leveragepreferences-get',
  method: 'GET',
  paths: [`${V3}/leveragepreferences`],
  access: 'general-read',
  cost: costs(2),
  answer: (call, venue) => {
    const wanted = call.fields.get('symbol')?.toUpperCase();
    const caps = Object.entries(venue.queries.preferences(accountOf(call))?.leverage ?? {});
    return success(call.at, {
      leveragePreferences: caps
        .filter(([symbol]) => wanted === undefined || symbol === wanted)
        .map(([symbol, cap]) => ({ symbol, maxLeverage: double(cap) })),
    });
  },
};

export const leveragePut: ServedEndpoint = {
  ...BASE,
  id: 'leveragepreferences-put',
  method: 'PUT',
  paths: [`${V3}/leveragepreferences`],
  access: 'general-full',
  cost: costs(10),
  check: ({ fields, at }) => {
    if (!fields.has('symbol')) return failure(at, 'requiredArgumentMissing');
    return readDecimal(fields.get('maxLeverage')) === 'invalid'
      ? failure(at, 'invalidArgument: maxLeverage')
      : undefined;
  },
  answer: (call, venue) => {
    const read = readDecimal(call.fields.get('maxLeverage'));
    const maxLeverage = read === 'invalid' ? undefined : read.value;
    return perform(call, venue, {
      type: 'SetLeverage',
      account: accountOf(call),
      symbol: (call.fields.get('symbol') ?? '').toUpperCase(),
      ...defined({ maxLeverage }),
    });
  },
};

const asset = (currency: string): string => (currency === 'XBT' ? 'BTC' : currency);

export const pnlGet: ServedEndpoint = {
  ...BASE,
  id: 'pnlpreferences-get',
  method: 'GET',
  paths: [`${V3}/pnlpreferences`],
  access: 'general-read',
  cost: costs(2),
  answer: (call, venue) => {
    const chosen = Object.entries(venue.queries.preferences(accountOf(call))?.pnlCurrency ?? {});
    return success(call.at, {
      preferences: chosen.map(([symbol, currency]) => ({ symbol, pnlCurrency: asset(currency) })),
    });
  },
};

export const pnlPut: ServedEndpoint = {
  ...BASE,
  id: 'pnlpreferences-put',
  method: 'PUT',
  paths: [`${V3}/pnlpreferences`],
  access: 'general-full',
  cost: costs(10),
  check: ({ fields, at }) =>
    fields.has('symbol') && fields.has('pnlPreference')
      ? undefined
      : failure(at, 'requiredArgumentMissing'),
  answer: (call, venue) =>
    perform(call, venue, {
      type: 'SetPnlCurrency',
      account: accountOf(call),
      symbol: (call.fields.get('symbol') ?? '').toUpperCase(),
      currency: (call.fields.get('pnlPreference') ?? '').toUpperCase(),
    }),
};

const STRATEGIES: readonly string[] = [
  'REJECT_TAKER',
  'CANCEL_MAKER_SELF',
  'CANCEL_MAKER_CHILD',
  'CANCEL_MAKER_ANY',
] satisfies readonly SelfTradeStrategy[];

const isStrategy = (text: string | undefined): text is SelfTradeStrategy =>
  text !== undefined && STRATEGIES.includes(text);

export const strategyGet: ServedEndpoint = {
  ...BASE,
  id: 'self-trade-strategy-get',
  method: 'GET',
  paths: [`${V3}/self-trade-strategy`],
  access: 'general-read',
  cost: costs(2),
  answer: (call, venue) =>
    success(call.at, {
      strategy: venue.queries.preferences(accountOf(call))?.selfTradeStrategy ?? 'REJECT_TAKER',
    }),
};

export const strategyPut: ServedEndpoint = {
  ...BASE,
  id: 'self-trade-strategy-put',
  method: 'PUT',
  paths: [`${V3}/self-trade-strategy`],
  access: 'general-full',
  cost: costs(2),
  check: ({ fields, at }) => {
    if (!fields.has('strategy')) return failure(at, 'requiredArgumentMissing');
    return isStrategy(fields.get('strategy'))
      ? undefined
      : failure(at, 'invalidArgument: strategy');
  },
  answer: (call, venue) => {
    const strategy = call.fields.get('strategy');
    if (!isStrategy(strategy))
      return Promise.resolve(failure(call.at, 'invalidArgument: strategy'));
    const command = { type: 'SetSelfTradeStrategy', account: accountOf(call), strategy } as const;
    return perform(call, venue, command, { strategy });
  },
};

const OFF_BOOK = `${V3}/rfq-assignment/max-leverage`;

/**
 * For master accounts only [rest 2.6]. Other accounts get the answer of a missing permission
 * [rest 3.2].
 */
const ofMaster =
  (answer: ServedEndpoint['answer']): ServedEndpoint['answer'] =>
  (call, venue) => {
    const account = accountOf(call);
    const isMaster = venue.queries.preferences(account)?.master === account;
    return isMaster ? answer(call, venue) : failure(call.at, 'authenticationError');
  };

const offBook = (call: RestCall, venue: RestVenue): RestAnswer => {
  const cap = venue.settings.offBookMaxLeverage(accountOf(call));
  return success(call.at, { maxLeverage: cap === undefined ? null : plain(cap) });
};

export const offBookGet: ServedEndpoint = {
  ...BASE,
  id: 'rfq-assignment-max-leverage-get',
  method: 'GET',
  paths: [OFF_BOOK],
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: ofMaster(offBook),
};

const OFF_BOOK_MAX = decimal('100');
const OFF_BOOK_PLACES_MAX = 2;

export const offBookPut: ServedEndpoint = {
  ...BASE,
  id: 'rfq-assignment-max-leverage-put',
  method: 'PUT',
  paths: [OFF_BOOK],
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  check: ({ fields, at }) => {
    const read = readDecimal(fields.get('maxLeverage'));
    if (read === 'invalid') return failure(at, 'invalidArgument');
    if (read.value === undefined) return failure(at, 'requiredArgumentMissing');
    const cap = decimal(read.value);
    const places = read.value.split('.')[1]?.length ?? 0;
    return cap.lte(decimal('0')) || cap.gt(OFF_BOOK_MAX) || places > OFF_BOOK_PLACES_MAX
      ? failure(at, 'rfqAssignmentMaxLeverageOutOfBounds')
      : undefined;
  },
  answer: ofMaster((call, venue) => {
    const read = readDecimal(call.fields.get('maxLeverage'));
    venue.settings.setOffBookMaxLeverage(
      accountOf(call),
      read === 'invalid' ? undefined : read.value,
    );
    return offBook(call, venue);
  }),
};

export const offBookDelete: ServedEndpoint = {
  ...BASE,
  id: 'rfq-assignment-max-leverage-delete',
  method: 'DELETE',
  paths: [OFF_BOOK],
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  answer: ofMaster((call, venue) => {
    venue.settings.setOffBookMaxLeverage(accountOf(call), undefined);
    return offBook(call, venue);
  }),
};
