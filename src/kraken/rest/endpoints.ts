import { type Endpoint } from './endpoint.ts';
import { accountEndpoints } from './account/account-endpoints.ts';
import { chartsEndpoints } from './market/charts-endpoints.ts';
import { fundsEndpoints } from './funds/funds-endpoints.ts';
import { historyEndpoints } from './history/history-endpoints.ts';
import { marketEndpoints } from './market/market-endpoints.ts';
import { orderEndpoints } from './orders/order-endpoints.ts';
import { preProductionEndpoints } from './pre-production-endpoints.ts';
import { settingsEndpoints } from './account/settings-endpoints.ts';

/**
 * Every call of the catalogue [rest 2] but the four legacy ones [rest 2.17]: recentorders,
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
