import { epochMs } from '../../../../lib/time.ts';
import { type InstrumentSpec, type MarginLevel } from './instrument.ts';

/**
 * Contracts without a recording, made by rule: with them the simulator lists as many markets as the
 * venue (300 in September 2026, [rest 6.1]). Coin and index price, the largest markets first.
 */
const COINS =
  'COMP 48 GMT 0.045 DEFI 570 ANTHROPICX 260 ADA 0.62 AVAX 19 LINK 14.5 DOT 4.1 BCH 410 TRX 0.27 TON 3.1 SUI 2.4 HBAR 0.17 ' +
  'NEAR 2.6 UNI 6.4 APT 4.9 ICP 5.2 AAVE 190 XLM 0.26 XMR 320 ETC 17 FIL 2.5 ARB 0.35 OP 0.68 INJ 10.5 TIA 2.2 SEI 0.19 ' +
  'RENDER 3.6 FET 0.65 STX 0.72 IMX 0.55 MKR 1600 LDO 0.85 GRT 0.09 ALGO 0.19 VET 0.024 RUNE 1.2 FLOW 0.36 SAND 0.27 ' +
  'MANA 0.29 AXS 2.3 EOS 0.6 XTZ 0.58 THETA 0.75 CRV 0.62 SNX 0.7 ZEC 55 DASH 21 NEO 5.8 KSM 15 ENS 19 DYDX 0.55 GMX 14 ' +
  'WIF 0.85 BONK 0.000018 SHIB 0.000012 FLOKI 0.00008 JUP 0.46 PYTH 0.13 JTO 1.8 ENA 0.32 ONDO 0.88 PENDLE 3.9 STRK 0.14 ' +
  'ZK 0.055 ZRO 2.1 W 0.08 EIGEN 1.2 TAO 360 WLD 0.95 KAS 0.09 POL 0.22 MNT 0.72 BLUR 0.09 APE 0.5 CHZ 0.04 GALA 0.016 ' +
  'ENJ 0.08 1INCH 0.2 SUSHI 0.6 YFI 5200 BAL 1.1 BAT 0.13 ZRX 0.24 KNC 0.33 LRC 0.09 ANKR 0.017 STORJ 0.27 OCEAN 0.27 ' +
  'BAND 0.66 API3 0.7 UMA 1.1 RSR 0.007 SKL 0.022 COTI 0.06 CELO 0.32 KAVA 0.42 ROSE 0.028 MINA 0.21 QNT 95 EGLD 15 AR 6.2 ' +
  'CFX 0.075 ID 0.18 MAGIC 0.15 SSV 7.4 RPL 4.6 LQTY 0.8 FXS 2.4 CVX 2.7 TRB 42 ILV 13 YGG 0.18 HIGH 0.55 PERP 0.25 ' +
  'C98 0.055 ALICE 0.4 SUPER 0.62 PHB 0.5 CTSI 0.065 GTC 0.28 AUDIO 0.063 RARE 0.06 POND 0.009 GLMR 0.08 MOVR 5.5 ASTR 0.027 ' +
  'ACA 0.03 KMNO 0.07 TNSR 0.14 DRIFT 0.6 MEW 0.003 POPCAT 0.35 MOODENG 0.17 GOAT 0.11 PNUT 0.25 FARTCOIN 1.1 TRUMP 9.5 ' +
  'MELANIA 0.3 BERA 2.5 IP 4.2 KAITO 1.5 LAYER 0.9 MOVE 0.2 S 0.4 USUAL 0.1 VIRTUAL 1.6 AI16Z 0.2 GRASS 1.7 HYPE 26 ME 0.9 ' +
  'MORPHO 1.3 SAFE 0.45 AERO 0.75 COW 0.35 CPOOL 0.13 SYRUP 0.4 SPX 1.1 TURBO 0.004 BRETT 0.05 MOG 0.000001 NEIRO 0.0004 ' +
  'PEOPLE 0.018 BOME 0.0018 MYRO 0.018 ORDI 8.6 SATS 0.00000004 RATS 0.00003 LUNA 0.17 LUNC 0.00006 USTC 0.011 JASMY 0.015 ' +
  'HNT 3.2 IOTX 0.02 ICX 0.14 ONT 0.15 QTUM 2.1 WAVES 1.1 ZIL 0.011 STG 0.2 SYN 0.15 ' +
  'ETHFI 1.1 ALT 0.03 PIXEL 0.035 METIS 17 PRIME 1.6 BIGTIME 0.06 ARKM 0.55 MASK 1.3 ACH 0.02 HOOK 0.1 EDU 0.15 CYBER 1.7 ' +
  'MAV 0.06 NTRN 0.1 AXL 0.4 ZETA 0.2';

const FROM_USD = ['0', '250000', '1000000'];
/** Initial and maintenance rate of each step. */
const TIERS: readonly (readonly MarginLevel[])[] = [
  ['0.02 0.01', '0.04 0.02', '0.1 0.05'],
  ['0.05 0.025', '0.1 0.05', '0.2 0.1'],
  ['0.1 0.05', '0.2 0.1', '0.5 0.25'],
].map((steps) =>
  steps.map((rates, i) => {
    const [initialMargin = '1', maintenanceMargin = '1'] = rates.split(' ');
    return { from: FROM_USD[i] ?? '0', initialMargin, maintenanceMargin };
  }),
);
/** Coins up to this place have the lowest margins, up to the second the middle ones. */
const TIER_ENDS = [40, 110] as const;
/** Maker protection was seen on this one [rest 10]. */
const HELD = 'ANTHROPICX';
const HOLD_MS = 20;
const OPENING_DATE = epochMs(Date.UTC(2023, 0, 17, 14));
/** Powers of ten of USD: positions of one to ten million, impact of one to ten thousand. */
const MAX_POSITION_EXPONENT = 6;
const IMPACT_EXPONENT = 3;

interface Coin {
  readonly coin: string;
  readonly price: string;
}

const coins = (): readonly Coin[] => {
  const words = COINS.split(' ');
  return words.flatMap((coin, i) => (i % 2 === 0 ? [{ coin, price: words[i + 1] ?? '1' }] : []));
};

/**
 * The tick is a ten-thousandth of the price, rounded down to a power of ten. A lot is worth about
 * one to ten USD.
 */
const specOf = ({ coin, price }: Coin, place: number): InstrumentSpec => {
  const magnitude = Math.floor(Math.log10(Number(price)) + 1e-9);
  const precision = Math.max(-6, Math.min(4, magnitude));
  const tier = TIER_ENDS.filter((end) => place >= end).length;
  return {
    symbol: `PF_${coin}USD`,
    type: 'flexible_futures',
    base: coin,
    quote: 'USD',
    underlying: underlyingOf(coin),
    tickSize: powerOfTen(magnitude - 4),
    contractValueTradePrecision: precision,
    maxPositionSize: powerOfTen(Math.max(MAX_POSITION_EXPONENT - magnitude, -precision)),
    impactMidSize: powerOfTen(Math.max(IMPACT_EXPONENT - magnitude, -precision)),
    openingDate: OPENING_DATE,
    marginLevels: TIERS[tier] ?? [],
    fundingRateCoefficient: 8,
    maxRelativeFundingRate: '0.005',
    mtf: true,
    category: '',
    ...(coin === HELD ? { makerProtectionMillis: HOLD_MS } : {}),
  };
};

const powerOfTen = (exponent: number): string =>
  exponent < 0 ? `0.${'0'.repeat(-exponent - 1)}1` : `1${'0'.repeat(exponent)}`;

const underlyingOf = (coin: string): string => `rr_${coin.toLowerCase()}usd`;

export const RULED_INSTRUMENTS: readonly InstrumentSpec[] = coins().map(specOf);

/** Index price at the start, by underlying. */
export const RULED_INDEX_PRICES: Readonly<Record<string, string>> = Object.fromEntries(
  coins().map(({ coin, price }) => [underlyingOf(coin), price]),
);
