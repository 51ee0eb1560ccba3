import { type FundsAnswer, type RestFundsGateway } from '../rest/funds/funds-gateway.ts';
import { type MoneyRequest } from './money-request.ts';

/**
 * The one call that moves the money of a request. Called by the funds service only, behind its last
 * gate.
 */
export const sendMoney = (
  funds: RestFundsGateway,
  { kind, currency, amount, from, to }: MoneyRequest,
): Promise<FundsAnswer> => {
  switch (kind) {
    case 'Withdrawal':
      return funds.withdraw({ currency, amount, sourceWallet: from });
    case 'WalletTransfer':
      return funds.transfer({ fromWallet: from, toWallet: to, currency, amount });
    case 'SubaccountTransfer': {
      const [source, target] = [splitPlace(from), splitPlace(to)];
      return funds.transferToSubaccount({
        fromAccountUid: source.accountUid,
        fromWallet: source.wallet,
        toAccountUid: target.accountUid,
        toWallet: target.wallet,
        currency,
        amount,
      });
    }
  }
};

/** `<account uid>/<wallet>`. */
const splitPlace = (place: string): { readonly accountUid: string; readonly wallet: string } => {
  const [accountUid = '', wallet = ''] = place.split('/');
  return { accountUid, wallet };
};
