import { type FieldRule, ignored, matched, refused } from './field-rule.ts';
import { type FixMessage } from '../../../fix/codec/fix-message.ts';

const DESCRIPTION = 'describes the instrument, which Symbol(55) alone names';

/** Fields of the Instrument component that can name no other contract than Symbol(55) does. */
const DESCRIPTIVE: readonly FieldRule[] = ignored(
  DESCRIPTION,
  [22, 'SecurityIDSource'],
  [106, 'Issuer'],
  [107, 'SecurityDesc'],
  [167, 'SecurityType'],
  [207, 'SecurityExchange'],
  [223, 'CouponRate'],
  [224, 'CouponPaymentDate'],
  [225, 'IssueDate'],
  [226, 'RepurchaseTerm'],
  [227, 'RepurchaseRate'],
  [228, 'Factor'],
  [231, 'ContractMultiplier'],
  [239, 'RepoCollateralSecurityType'],
  [240, 'RedemptionDate'],
  [255, 'CreditRating'],
  [348, 'EncodedIssuerLen'],
  [349, 'EncodedIssuer'],
  [350, 'EncodedSecurityDescLen'],
  [351, 'EncodedSecurityDesc'],
  [454, 'NoSecurityAltID'],
  [460, 'Product'],
  [461, 'CFICode'],
  [470, 'CountryOfIssue'],
  [471, 'StateOrProvinceOfIssue'],
  [472, 'LocaleOfIssue'],
  [543, 'InstrRegistry'],
  [691, 'Pool'],
  [762, 'SecuritySubType'],
  [864, 'NoEvents'],
  [873, 'DatedDate'],
  [874, 'InterestAccrualDate'],
  [875, 'CPProgram'],
  [876, 'CPRegType'],
);

const isSymbol = (value: string, message: FixMessage): boolean => value === message.get(55);

/** The day that ends the name of a dated contract, YYYYMMDD: FI_XBTUSD_261225 gives 20261225. */
const lastDayOf = (message: FixMessage): string | undefined => {
  const day = /_(\d{6})$/.exec(message.get(55) ?? '')?.[1];
  return day === undefined ? undefined : `20${day}`;
};

const isDay = (value: string, message: FixMessage): boolean => value === lastDayOf(message);
/** MonthYear is YYYYMM or YYYYMMDD. A week code, YYYYMMwN, is not compared. */
const isMonth = (value: string, message: FixMessage): boolean =>
  /^\d{6}(?:\d{2})?$/.test(value) && lastDayOf(message)?.startsWith(value) === true;

const OTHER_CONTRACT = 'Symbol(55) names another contract';
const MONTH = ['the month or day that ends Symbol(55)', isMonth] as const;

/** Where the instrument is what is traded: nothing may name another contract. */
export const TRADED_INSTRUMENT: readonly FieldRule[] = [
  ...DESCRIPTIVE,
  matched([48, 'SecurityID'], ['the value of Symbol(55)', isSymbol], OTHER_CONTRACT),
  matched([200, 'MaturityMonthYear'], MONTH, OTHER_CONTRACT),
  matched([541, 'MaturityDate'], ['the day that ends Symbol(55)', isDay], OTHER_CONTRACT),
  matched([667, 'ContractSettlMonth'], MONTH, OTHER_CONTRACT),
  ...refused('contract ids have no suffix', [65, 'SymbolSfx']),
  ...refused(
    'options are not available',
    [201, 'PutOrCall'],
    [202, 'StrikePrice'],
    [206, 'OptAttribute'],
    [947, 'StrikeCurrency'],
  ),
];

/** Where another field names the order, and Symbol(55) only confirms it. */
export const CONFIRMED_INSTRUMENT: readonly FieldRule[] = [
  ...DESCRIPTIVE,
  ...ignored(
    DESCRIPTION,
    [48, 'SecurityID'],
    [65, 'SymbolSfx'],
    [200, 'MaturityMonthYear'],
    [201, 'PutOrCall'],
    [202, 'StrikePrice'],
    [206, 'OptAttribute'],
    [541, 'MaturityDate'],
    [667, 'ContractSettlMonth'],
    [947, 'StrikeCurrency'],
  ),
];

/** FinancingDetails: repurchase agreements. */
export const FINANCING: readonly (readonly [number, string])[] = [
  [788, 'TerminationType'],
  [898, 'MarginRatio'],
  [913, 'AgreementDesc'],
  [914, 'AgreementID'],
  [915, 'AgreementDate'],
  [916, 'StartDate'],
  [917, 'EndDate'],
  [918, 'AgreementCurrency'],
  [919, 'DeliveryType'],
];

/** UnderlyingInstrument. */
export const UNDERLYING: readonly (readonly [number, string])[] = [
  [241, 'UnderlyingCouponPaymentDate'],
  [242, 'UnderlyingIssueDate'],
  [243, 'UnderlyingRepoCollateralSecurityType'],
  [244, 'UnderlyingRepurchaseTerm'],
  [245, 'UnderlyingRepurchaseRate'],
  [246, 'UnderlyingFactor'],
  [247, 'UnderlyingRedemptionDate'],
  [256, 'UnderlyingCreditRating'],
  [305, 'UnderlyingSecurityIDSource'],
  [306, 'UnderlyingIssuer'],
  [307, 'UnderlyingSecurityDesc'],
  [308, 'UnderlyingSecurityExchange'],
  [309, 'UnderlyingSecurityID'],
  [310, 'UnderlyingSecurityType'],
  [311, 'UnderlyingSymbol'],
  [312, 'UnderlyingSymbolSfx'],
  [313, 'UnderlyingMaturityMonthYear'],
  [315, 'UnderlyingPutOrCall'],
  [316, 'UnderlyingStrikePrice'],
  [317, 'UnderlyingOptAttribute'],
  [318, 'UnderlyingCurrency'],
  [362, 'EncodedUnderlyingIssuerLen'],
  [363, 'EncodedUnderlyingIssuer'],
  [364, 'EncodedUnderlyingSecurityDescLen'],
  [365, 'EncodedUnderlyingSecurityDesc'],
  [435, 'UnderlyingCouponRate'],
  [436, 'UnderlyingContractMultiplier'],
  [457, 'NoUnderlyingSecurityAltID'],
  [462, 'UnderlyingProduct'],
  [463, 'UnderlyingCFICode'],
  [542, 'UnderlyingMaturityDate'],
  [592, 'UnderlyingCountryOfIssue'],
  [593, 'UnderlyingStateOrProvinceOfIssue'],
  [594, 'UnderlyingLocaleOfIssue'],
  [595, 'UnderlyingInstrRegistry'],
  [763, 'UnderlyingSecuritySubType'],
  [810, 'UnderlyingPx'],
  [877, 'UnderlyingCPProgram'],
  [878, 'UnderlyingCPRegType'],
  [879, 'UnderlyingQty'],
  [882, 'UnderlyingDirtyPrice'],
  [883, 'UnderlyingEndPrice'],
  [884, 'UnderlyingStartValue'],
  [885, 'UnderlyingCurrentValue'],
  [886, 'UnderlyingEndValue'],
  [887, 'NoUnderlyingStips'],
  [941, 'UnderlyingStrikeCurrency'],
];

/**
 * Where the instrument is the scope of a request. Its kind would select by itself; beside a symbol
 * it only describes it. `scope`: the field whose value 1 means orders of Symbol(55).
 */
export const scopedInstrument = (
  [scope, scopeName]: readonly [tag: number, name: string],
  contradiction: string,
): readonly FieldRule[] => {
  const isOfSymbol = (_: string, message: FixMessage): boolean => message.get(scope) === '1';
  const taken = [`with ${scopeName}(${scope})=1`, isOfSymbol] as const;
  return [
    ...TRADED_INSTRUMENT,
    matched([167, 'SecurityType'], taken, contradiction),
    matched([460, 'Product'], taken, contradiction),
    matched([461, 'CFICode'], taken, contradiction),
  ];
};
