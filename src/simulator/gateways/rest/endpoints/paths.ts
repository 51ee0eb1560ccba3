/** First parts of the venue's paths [rest 1.1]. */
export const V3 = '/derivatives/api/v3';
export const V4 = '/derivatives/api/v4';
/** `v2` is an alias of `v3` with the same payloads and tokens. */
export const HISTORY = ['/api/history/v3', '/api/history/v2'] as const;
export const CHARTS = '/api/charts/v1';
export const AUTH = '/api/auth/v1';
export const STATS = '/api/stats/v1';
