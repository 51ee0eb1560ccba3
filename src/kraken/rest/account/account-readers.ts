import { type DecimalText } from '../../../domain/ids.ts';
import { isJsonObject, type JsonValue } from '../../../lib/lossless-json.ts';
import {
  clOrdIDField,
  fillType,
  notificationKind,
  notificationPriority,
  positionSide,
  side,
  symbol,
  venueOrderID,
} from '../../json/vocabulary.ts';
import {
  amount,
  anything,
  field,
  flag,
  integer,
  list,
  optional,
  type Reader,
  record,
  shape,
  type Shape,
  text,
  time,
  word,
} from '../../json/readers.ts';

const flexFields = {
  initialMargin: optional('initialMargin', amount),
  initialMarginWithOrders: optional('initialMarginWithOrders', amount),
  maintenanceMargin: optional('maintenanceMargin', amount),
  balanceValue: optional('balanceValue', amount),
  portfolioValue: optional('portfolioValue', amount),
  collateralValue: optional('collateralValue', amount),
  marginEquity: optional('marginEquity', amount),
  availableMargin: optional('availableMargin', amount),
  pnl: optional('pnl', amount),
  unrealizedFunding: optional('unrealizedFunding', amount),
  totalUnrealized: optional('totalUnrealized', amount),
  totalUnrealizedAsMargin: optional('totalUnrealizedAsMargin', amount),
  portfolioMarginBreakdown: optional('portfolioMarginBreakdown', anything),
  upnlInterestRate: optional('upnlInterestRate', amount),
};

const holdingFields = {
  quantity: field('quantity', amount),
  value: optional('value', amount),
  collateral: optional('collateral', amount),
  available: optional('available', amount),
};

const cashWallet = shape({ balances: field('balances', record(amount)) }, ['type']);
const flexWallet = shape(
  { currencies: field('currencies', record(shape(holdingFields))), ...flexFields },
  ['type'],
);
const marginWallet = shape(
  {
    currency: optional('currency', text()),
    balances: field('balances', record(amount)),
    /** usd, pv (portfolio value), pnl (open), af (available funds), funding. */
    auxiliary: optional('auxiliary', record(amount)),
    marginRequirements: optional('marginRequirements', record(amount)),
    triggerEstimates: optional('triggerEstimates', record(amount)),
  },
  ['type'],
);

/** One wallet of `accounts` [rest 2.4]. */
export type Wallet =
  | ({ readonly type: 'Cash' } & Shape<typeof cashWallet>)
  | ({ readonly type: 'Flex' } & Shape<typeof flexWallet>)
  | ({ readonly type: 'Margin' } & Shape<typeof marginWallet>)
  | { readonly type: 'Unknown'; readonly raw: JsonValue };

const wallet: Reader<Wallet> = (value, path, notes) => {
  const type = isJsonObject(value) ? value['type'] : undefined;
  switch (type) {
    case 'cashAccount':
      return tagged('Cash', cashWallet(value, `${path}.cash`, notes));
    case 'multiCollateralMarginAccount':
      return tagged('Flex', flexWallet(value, `${path}.flex`, notes));
    case 'marginAccount':
      return tagged('Margin', marginWallet(value, `${path}.margin`, notes));
    default:
      notes.push({ kind: 'UnknownValue', path: `${path}.type` });
      return { type: 'Unknown', raw: value };
  }
};

const tagged = <T extends string, W extends object>(
  type: T,
  value: W | undefined,
): ({ readonly type: T } & W) | undefined => (value === undefined ? undefined : { type, ...value });

/** Wallets by the venue's name: `cash`, `flex`, `fi_xbtusd` … */
export const wallets = record(wallet);

export const position = shape({
  symbol: field('symbol', symbol),
  side: field('side', positionSide),
  qty: field('size', amount),
  entryPx: field('price', amount),
  unrealizedPnl: optional('unrealizedPnl', amount),
  unrealizedFunding: optional('unrealizedFunding', amount),
  openedAt: optional('fillTime', time),
  pnlCurrency: optional('pnlCurrency', text()),
  /** Present: isolated margin with this leverage. */
  fixedLeverageMax: optional('maxFixedLeverage', amount),
});
export type RestPosition = Shape<typeof position>;

/** No fee here: fees are in the history service only. Several fills may share one time. */
export const fill = shape({
  executionID: field('fill_id', text()),
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: clOrdIDField('cliOrdId'),
  symbol: field('symbol', symbol),
  side: field('side', side),
  lastQty: field('size', amount),
  lastPx: field('price', amount),
  at: field('fillTime', time),
  type: field('fillType', fillType),
  realizedPnl: optional('realized_pnl', amount),
  sequenceID: optional('sequence_id', text()),
});
export type RestFill = Shape<typeof fill>;

export const notification = shape({
  type: field('type', notificationKind),
  priority: field('priority', notificationPriority),
  note: field('note', text()),
  effectiveAt: optional('effectiveTime', time),
  downtimeMinutes: optional('expectedDowntimeMinutes', integer),
});
export type RestNotification = Shape<typeof notification>;

export const unwindPosition = shape({
  symbol: field('symbol', symbol),
  percentile: field('percentile', integer),
});

export const feeVolumes: Reader<Readonly<Record<string, DecimalText>>> = record(amount);

/** One subaccount with its wallets. */
const subaccount = shape({
  accountUid: field('accountUid', text()),
  email: optional('email', text()),
  fullName: optional('fullName', text()),
  holdings: optional(
    'holdingAccounts',
    list(shape({ currency: field('currency', text()), qty: field('amount', amount) })),
  ),
  futures: optional(
    'futuresAccounts',
    list(shape({ name: field('name', text()), availableMargin: field('availableMargin', amount) })),
  ),
  flex: optional(
    'flexAccount',
    shape({
      currencies: field(
        'currencies',
        list(shape({ currency: field('currency', text()), ...holdingFields })),
      ),
      ...flexFields,
    }),
  ),
});

export const subaccounts = shape(
  {
    masterAccountUid: field('masterAccountUid', text()),
    subaccounts: field('subaccounts', list(subaccount)),
  },
  ['result', 'serverTime'],
);
export type Subaccounts = Shape<typeof subaccounts>;

export const tradingEnabled = shape({ isEnabled: field('tradingEnabled', flag) }, [
  'result',
  'serverTime',
]);

const ACCESS = ['NO_ACCESS', 'READ_ONLY', 'FULL_ACCESS'];

/** What a key may do: call it at start-up [rest 2.15]. */
export const keyCheck = shape(
  {
    accountUid: field('accountUid', text()),
    iiban: optional('iiban', text()),
    createdAt: optional('createdAt', time),
    permissions: field(
      'permissions',
      shape({
        general: field('general', word(...ACCESS)),
        transfer: optional('transfer', word(...ACCESS)),
      }),
    ),
    allowedCidrBlocks: optional('allowedCidrBlocks', list(text())),
  },
  // The key itself is left out, so that it cannot get into a log.
  ['apiKey', 'allowedCidrBlock'],
);
export type KeyCheck = Shape<typeof keyCheck>;

export const marketShare = shape({
  contracts: field(
    'contracts',
    record(
      shape({
        marketShare: field('marketShare', amount),
        volume: field('volume', amount),
        usdRebateCredited: field('usdRebateCredited', amount),
      }),
    ),
  ),
});
export type MarketShare = Shape<typeof marketShare>;
