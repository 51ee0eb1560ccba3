/** The meaning of an `alert` or `error` frame [websocket 4.4]. */
type AlertKind =
  /** The product does not exist. */
  | 'InvalidProduct'
  /** The feed does not exist. */
  | 'InvalidFeed'
  /** Wrong key, signature, challenge or permission. The venue does not tell which. */
  | 'NotAuthenticated'
  /** The subscription exists already. */
  | 'AlreadySubscribed'
  | 'NotSubscribed'
  /** The venue did not understand our request. */
  | 'BadRequest'
  /** Outage or maintenance: all state is uncertain. */
  | 'EngineUnavailable'
  | 'Unknown';

export interface VenueAlert {
  readonly kind: AlertKind;
  readonly severity: 'info' | 'warn' | 'error';
  /** As the venue wrote it, at most 200 characters. */
  readonly text: string;
  /** The product between back-ticks, where the text names one. */
  readonly product?: string;
}

const TEXT_LENGTH_MAX = 200;

/** Parts of the text in lower case. The first match wins. */
const KNOWN: readonly (readonly [part: string, AlertKind, VenueAlert['severity']])[] = [
  ['invalid product', 'InvalidProduct', 'warn'],
  ['invalid feed', 'InvalidFeed', 'error'],
  ['failed to subscribe to authenticated feed', 'NotAuthenticated', 'error'],
  ['already subscribed', 'AlreadySubscribed', 'info'],
  ['not subscribed', 'NotSubscribed', 'info'],
  ['json error', 'BadRequest', 'error'],
  ['bad websocket message', 'BadRequest', 'error'],
  ['bad request', 'BadRequest', 'error'],
  ['trading engine unavailable', 'EngineUnavailable', 'error'],
];

export const toVenueAlert = (message: string): VenueAlert => {
  const text = message.slice(0, TEXT_LENGTH_MAX);
  const lower = text.toLowerCase();
  const [, kind, severity] = KNOWN.find(([part]) => lower.includes(part)) ?? [
    '',
    'Unknown',
    'warn',
  ];
  const product = /`([^`]{1,64})`/.exec(text)?.[1];
  return product === undefined
    ? { kind, severity, text }
    : { kind, severity, text, product: product.toUpperCase() };
};
