import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseLosslessJson,
} from '../../../../lib/lossless-json.ts';
import { err, ok, type Result } from '../../../../lib/result.ts';

/** What a client may ask [websocket 3.2]. Products in upper case, as they are compared. */
export type ClientRequest =
  | { readonly event: 'challenge'; readonly apiKey: string }
  | {
      readonly event: 'subscribe' | 'unsubscribe';
      readonly feed: string;
      readonly products: readonly string[] | undefined;
      readonly credentials: SignedChallenge | undefined;
    };

export interface SignedChallenge {
  readonly apiKey: string;
  readonly originalChallenge: string;
  readonly signedChallenge: string;
}

/** `JsonPing` is a request that Kraken's own client sends and the venue refuses [websocket 2.3]. */
export type BadRequest = 'NotJson' | 'JsonPing' | 'NotARequest';

/** A request with more products is refused as malformed. */
const PRODUCTS_MAX = 10_000;

export const parseClientRequest = (text: string): Result<ClientRequest, BadRequest> => {
  const parsed = parseLosslessJson(text);
  if (!parsed.ok) return err('NotJson');
  const value = parsed.value;
  if (!isJsonObject(value)) return err('NotARequest');
  switch (value['event']) {
    case 'challenge':
      return typeof value['api_key'] === 'string'
        ? ok({ event: 'challenge', apiKey: value['api_key'] })
        : err('NotARequest');
    case 'subscribe':
    case 'unsubscribe':
      return parseSubscription(value['event'], value);
    case 'ping':
      return err('JsonPing');
    default:
      return err('NotARequest');
  }
};

const parseSubscription = (
  event: 'subscribe' | 'unsubscribe',
  value: JsonObject,
): Result<ClientRequest, BadRequest> => {
  const feed = value['feed'];
  const products = parseProducts(value['product_ids']);
  if (typeof feed !== 'string' || !products.ok) return err('NotARequest');
  return ok({ event, feed, products: products.value, credentials: parseCredentials(value) });
};

const parseProducts = (
  value: JsonValue | undefined,
): Result<readonly string[] | undefined, BadRequest> => {
  if (value === undefined || value === null) return ok(undefined);
  if (!Array.isArray(value) || value.length > PRODUCTS_MAX) return err('NotARequest');
  const products: string[] = [];
  for (const product of value as readonly JsonValue[]) {
    if (typeof product !== 'string') return err('NotARequest');
    products.push(product.toUpperCase());
  }
  return ok(products);
};

const parseCredentials = (value: JsonObject): SignedChallenge | undefined => {
  const apiKey = value['api_key'];
  const originalChallenge = value['original_challenge'];
  const signedChallenge = value['signed_challenge'];
  if (typeof apiKey !== 'string' || typeof originalChallenge !== 'string') return undefined;
  return typeof signedChallenge === 'string'
    ? { apiKey, originalChallenge, signedChallenge }
    : undefined;
};
