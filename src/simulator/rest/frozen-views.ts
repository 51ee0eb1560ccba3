import { accounts, fills, openpositions } from './endpoints/account.ts';
import { type Endpoint } from './endpoint.ts';
import { openorders } from './endpoints/order-views.ts';

/** Views that may show the past while the rest of the venue goes on (rest 9.19). */
export const FROZEN_VIEWS: readonly Endpoint[] = [openorders, openpositions, accounts, fills];
