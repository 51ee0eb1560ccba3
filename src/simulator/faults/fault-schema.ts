import { type TSchema, Type } from '@sinclair/typebox';

export const words = <T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values] });

/** How often a fault that waits is met. */
export const limits = {
  times: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'how often it is met; 1 when nothing limits it',
    }),
  ),
  forMs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      description: 'how long it stays, milliseconds',
    }),
  ),
  chance: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'of meeting what matches',
    }),
  ),
};

const strict = { additionalProperties: false } as const;
/** One kind of fault with its own fields. */
export const fault = <K extends string, P extends Record<string, TSchema>>(
  kind: K,
  description: string,
  properties: P,
) => Type.Object({ kind: Type.Literal(kind), ...properties }, { ...strict, description });

const CHANNELS = ['trading', 'l2', 'l3', 'ws', 'rest'] as const;
/** FIX order entry, FIX market data by price and by order, WebSocket, REST. */
export type Channel = (typeof CHANNELS)[number];
export const channel = words(...CHANNELS);
export const fixChannel = words('trading', 'l2', 'l3');
export const frameChannel = words('trading', 'l2', 'l3', 'ws');

export const when = words('before', 'after');
export const forMs = Type.Integer({ minimum: 1, maximum: 86_400_000 });
export const account = Type.Optional(Type.String({ description: 'all when left out' }));
export const symbol = Type.Optional(Type.String({ description: 'all when left out' }));
export const session = Type.Optional(
  Type.String({ description: 'CompID of the client; all when left out' }),
);
