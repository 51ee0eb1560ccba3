import { type Endpoint } from './endpoint.ts';
import { accountEndpoints } from './endpoints/account-endpoints.ts';
import { chartsEndpoints } from './endpoints/charts-endpoints.ts';
import { fundsEndpoints } from './endpoints/funds-endpoints.ts';
import { historyEndpoints } from './endpoints/history-endpoints.ts';
import { marketEndpoints } from './endpoints/market-endpoints.ts';
import { orderEndpoints } from './endpoints/order-endpoints.ts';
import { preProductionEndpoints } from './endpoints/pre-production-endpoints.ts';
import { settingsEndpoints } from './endpoints/settings-endpoints.ts';

/**
 * Every call of the venue reference's catalogue (rest 2) but the four legacy ones (2.17): recentorders,
 * transfers, initialmargin, maxordersize.
 */
export const endpoints = {
  ...orderEndpoints,
  ...marketEndpoints,
  ...accountEndpoints,
  ...settingsEndpoints,
  ...fundsEndpoints,
  ...historyEndpoints,
  ...chartsEndpoints,
  ...preProductionEndpoints,
} as const satisfies Record<string, Endpoint>;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
