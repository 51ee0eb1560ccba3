import { type ServedEndpoint, type RestCall } from '../endpoints/endpoint.ts';
import { orderEvent } from './history-order-json.ts';
import { type ExecutionRecord } from './history-store.ts';
import { publicExecution } from './history-json.ts';
import { checkNumbers, element, page, paged, paths, PUBLIC } from './history-pages.ts';

const tradeable = (call: RestCall): string => (call.path['tradeable'] ?? '').toUpperCase();

export const marketExecutions: ServedEndpoint = {
  ...PUBLIC,
  id: 'market-executions',
  paths: paths('market/:tradeable/executions'),
  check: checkNumbers,
  answer: (call, venue) => {
    const symbol = tradeable(call);
    const isWanted = ({ trade, busted }: ExecutionRecord): boolean =>
      trade.symbol === symbol && busted !== true;
    return paged(page(venue.history.marketExecutions, call, venue, isWanted), {}, (row) =>
      element(row, row.item.uid, publicExecution(row.item)),
    );
  },
};

export const marketOrders: ServedEndpoint = {
  ...PUBLIC,
  id: 'market-orders',
  paths: paths('market/:tradeable/orders'),
  check: checkNumbers,
  answer: (call, venue) => {
    const symbol = tradeable(call);
    const found = page(venue.history.marketOrders, call, venue, (item) => item.symbol === symbol);
    return paged(found, {}, (row) =>
      element(row, row.item.uid, orderEvent(row.item.event, 'public')),
    );
  },
};

export const marketPrice: ServedEndpoint = {
  ...PUBLIC,
  id: 'market-price',
  paths: paths('market/:tradeable/price'),
  check: checkNumbers,
  answer: (call, venue) => {
    const symbol = tradeable(call);
    const found = page(venue.history.prices, call, venue, (item) => item.symbol === symbol);
    return paged(found, {}, (row) =>
      element(row, '', { MarkPriceChanged: { price: row.item.price } }),
    );
  },
};
