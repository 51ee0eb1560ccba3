import { type DecimalText } from '../../../domain/ids.ts';
import { defined } from '../../../lib/defined.ts';
import { isJsonObject } from '../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { classifyReply, type Outcome } from '../../outcome/rest-outcome.ts';
import { type RawClient } from '../raw-client.ts';
import { serverTimeOf } from '../reading.ts';
import { type Reply } from '../reply.ts';

interface WalletTransfer {
  readonly fromWallet: string;
  readonly toWallet: string;
  readonly currency: string;
  readonly amount: DecimalText;
}

interface SubaccountTransfer extends WalletTransfer {
  readonly fromAccountUid: string;
  readonly toAccountUid: string;
}

/** To the account holder's own Spot wallet only: the API knows no other destination. */
interface Withdrawal {
  readonly currency: string;
  readonly amount: DecimalText;
  readonly sourceWallet: string;
}

export interface FundsAnswer {
  readonly outcome: Outcome;
  /** The venue's reference of a withdrawal; transfers have none. */
  readonly uid?: string;
  readonly serverTime?: EpochMs;
}

/**
 * Moves money, each call at most once. There is no client reference: after an Unknown only
 * balances and the account log show what happened, and nothing is repeated [rest 3.5]. Only the
 * funds service uses it, behind its approvals.
 */
export interface RestFundsGateway {
  readonly transfer: (transfer: WalletTransfer) => Promise<FundsAnswer>;
  readonly transferToSubaccount: (transfer: SubaccountTransfer) => Promise<FundsAnswer>;
  readonly withdraw: (withdrawal: Withdrawal) => Promise<FundsAnswer>;
}

export const makeRestFundsGateway = (client: RawClient): RestFundsGateway => ({
  transfer: async ({ fromWallet, toWallet, currency, amount }) =>
    toAnswer(
      await client.transfer({
        fromAccount: fromWallet,
        toAccount: toWallet,
        unit: currency,
        amount,
      }),
    ),
  transferToSubaccount: async (transfer) =>
    toAnswer(
      await client.transferSubaccount({
        fromUser: transfer.fromAccountUid,
        toUser: transfer.toAccountUid,
        fromAccount: transfer.fromWallet,
        toAccount: transfer.toWallet,
        unit: transfer.currency,
        amount: transfer.amount,
      }),
    ),
  withdraw: async ({ currency, amount, sourceWallet }) =>
    toAnswer(await client.withdrawal({ currency, amount, sourceWallet })),
});

const toAnswer = (reply: Reply): FundsAnswer => {
  const json = reply.type === 'Answered' ? reply.json : undefined;
  const uid = isJsonObject(json) ? json['uid'] : undefined;
  const serverTime = serverTimeOf(json);
  return {
    outcome: classifyReply(reply, 'money'),
    ...(typeof uid === 'string' ? { uid } : {}),
    ...defined({ serverTime }),
  };
};
