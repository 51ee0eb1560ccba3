import { accounts, fills, openpositions } from './account-endpoints.ts';
import { type ServedEndpoint } from './endpoint.ts';
import { openorders } from '../orders/order-view-endpoints.ts';

/** Views that may show the past while the rest of the venue goes on [rest 9 row 19]. */
export const FROZEN_VIEWS: readonly ServedEndpoint[] = [openorders, openpositions, accounts, fills];
