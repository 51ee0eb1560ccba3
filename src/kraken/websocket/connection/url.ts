/**
 * Production [websocket 2.1]. There is no demo any more; simulators have addresses of their own.
 */
export const KRAKEN_WEBSOCKET_URL = 'wss://futures.kraken.com/ws/v1';
