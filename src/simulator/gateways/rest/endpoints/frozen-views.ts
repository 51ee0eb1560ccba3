import { accounts, fills, openpositions } from './account-endpoints.ts';
import { type Endpoint } from './endpoint.ts';
import { openorders } from '../orders/order-view-endpoints.ts';

/** Views that may show the past while the rest of the venue goes on (rest 9.19). */
export const FROZEN_VIEWS: readonly Endpoint[] = [openorders, openpositions, accounts, fills];
