import { type Endpoint, may, need } from '../endpoint.ts';

/** Transfers and withdrawal [rest 2.8]. */
export const fundsEndpoints = {
  transfer: {
    id: 'transfer',
    method: 'POST',
    service: 'v3',
    path: '/transfer',
    auth: 'general-full',
    kind: 'money',
    cost: 10,
    pool: 'derivatives',
    state: 'live',
    params: {
      fromAccount: need('form', 'text'),
      toAccount: need('form', 'text'),
      unit: need('form', 'text'),
      amount: need('form', 'decimal'),
    },
  },
  transferSubaccount: {
    id: 'transfer-subaccount',
    method: 'POST',
    service: 'v3',
    path: '/transfer/subaccount',
    auth: 'general-full',
    kind: 'money',
    cost: 10,
    pool: 'derivatives',
    state: 'live',
    params: {
      fromUser: need('form', 'text'),
      toUser: need('form', 'text'),
      fromAccount: need('form', 'text'),
      toAccount: need('form', 'text'),
      unit: need('form', 'text'),
      amount: need('form', 'decimal'),
    },
  },
  withdrawal: {
    id: 'withdrawal',
    method: 'POST',
    service: 'v3',
    path: '/withdrawal',
    auth: 'withdrawal',
    kind: 'money',
    cost: 100,
    pool: 'derivatives',
    state: 'live',
    params: {
      currency: need('form', 'text'),
      amount: need('form', 'decimal'),
      sourceWallet: may('form', 'text'),
    },
  },
} as const satisfies Record<string, Endpoint>;
