import { type InputBody } from '../../../../src/core/input.ts';
import {
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type TradingSymbol,
} from '../../../../src/domain/ids.ts';
import { type OrderTerms } from '../../../../src/domain/order.ts';
import { CLIENT_SESSION } from './engine-life.ts';
import { type Step } from '../steps.ts';
import { priceText, qtyText } from './venue-side.ts';

const CLIENT = `fix:${CLIENT_SESSION}` as ClientName;
const ofClient = (id: string): ClientOrderID => id as ClientOrderID;
const amount = (text: string): DecimalText => text as DecimalText;

/** What the client's session makes of its message; nothing of a step that is not the client's. */
export const inputOf = (step: Step): InputBody | undefined => {
  switch (step.kind) {
    case 'place':
      return placing(step, false);
    case 'cancel':
      return {
        type: 'CancelOrder',
        request: {
          client: CLIENT,
          ...{ clientOrderID: ofClient(step.id), origClientOrderID: ofClient(step.orig) },
        },
      };
    case 'replace':
      return {
        type: 'ReplaceOrder',
        policy: step.method,
        request: {
          ...{ client: CLIENT, clientOrderID: ofClient(step.id), unchanged: {} },
          origClientOrderID: ofClient(step.orig),
          orderQty: amount(qtyText(step.symbol, step.lots)),
          price: amount(priceText(step.symbol, step.ticks)),
        },
      };
    case 'massCancel':
      return {
        ...{ type: 'CancelAll', by: CLIENT, client: CLIENT },
        ...(step.symbol === undefined ? {} : { symbol: step.symbol as TradingSymbol }),
        question: {
          clientOrderID: ofClient(step.id),
          massCancelRequestType: step.symbol === undefined ? '7' : '1',
          possResend: false,
        },
      };
    default:
      return undefined;
  }
};

export const placing = (
  step: Extract<Step, { kind: 'place' }>,
  possResend: boolean,
): Extract<InputBody, { type: 'PlaceOrder' }> => ({
  type: 'PlaceOrder',
  request: { client: CLIENT, clientOrderID: ofClient(step.id), terms: termsOf(step), possResend },
});

const termsOf = ({
  symbol,
  side,
  lots,
  ticks,
  type,
}: Extract<Step, { kind: 'place' }>): OrderTerms => ({
  ...{ symbol: symbol as TradingSymbol, side },
  ordType: type === 'Market' ? 'Market' : 'Limit',
  timeInForce: type === 'IOC' || type === 'Market' ? 'IOC' : 'GTC',
  orderQty: amount(qtyText(symbol, lots)),
  ...(type === 'Market' ? {} : { price: amount(priceText(symbol, ticks)) }),
  ...{ postOnly: type === 'Post', reduceOnly: false },
});
