import { type Decimal, decimal, decimalToText, isDecimal } from '../../lib/decimal.ts';

/** Entries of a map or a set in one piece. */
const ENTRIES_PER_PIECE = 200;

/**
 * A part of a value as JSON: what stands at a path of keys. A map or a set comes in several pieces,
 * so that none is long; a map of maps is walked down.
 */
export interface Piece {
  readonly path: readonly unknown[];
  readonly type: 'Map' | 'Set' | 'Value';
  /** Entries, members, or the value alone. */
  readonly items: readonly unknown[];
  /**
   * Some item holds a map, a set, a decimal or `undefined`, each written as an object of one key.
   */
  readonly isTagged?: boolean;
}

/**
 * The same containers with the same content, which stays as it is while the books go on: what maps
 * and sets hold is never changed in place, or is a map or a set itself.
 */
export const copyContainers = <T extends object>(state: T): T =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [name, copied(value)])) as T;

const copied = (value: unknown): unknown => {
  if (value instanceof Set) return new Set(value);
  if (!(value instanceof Map)) return value;
  return holdsContainers(value)
    ? new Map([...value].map(([key, inner]) => [key, copied(inner)]))
    : new Map(value);
};

const holdsContainers = (map: ReadonlyMap<unknown, unknown>): boolean => {
  for (const value of map.values()) return value instanceof Map || value instanceof Set;
  return false;
};

/**
 * Every piece of an object, in the order of its containers. Throws on what has no meaning in a
 * file: a function, an instance of a class, a number that is none. So a new field of the state is
 * written without being named here, or its test fails.
 */
export function* piecesOf(state: object): Generator<string> {
  for (const [name, value] of Object.entries(state)) yield* piecesAt([name], value);
}

function* piecesAt(path: readonly unknown[], value: unknown): Generator<string> {
  if (value instanceof Map && holdsContainers(value)) {
    yield encodePiece(path, 'Map', []);
    for (const [key, inner] of value) yield* piecesAt([...path, key], inner);
    return;
  }
  if (value instanceof Map || value instanceof Set) {
    const type = value instanceof Map ? 'Map' : 'Set';
    let items: unknown[] = [];
    for (const item of value) {
      items.push(item);
      if (items.length < ENTRIES_PER_PIECE) continue;
      yield encodePiece(path, type, items);
      items = [];
    }
    if (items.length > 0 || value.size === 0) yield encodePiece(path, type, items);
    return;
  }
  yield encodePiece(path, 'Value', [value]);
}

const encodePiece = (
  path: readonly unknown[],
  type: Piece['type'],
  items: readonly unknown[],
): string => {
  const isTagged = items.some(hasTagged);
  // A function that JSON.stringify asks for each value makes it five times as slow.
  const text = isTagged
    ? JSON.stringify(items, function (this: Record<string, unknown>, key: string) {
        return tag(this[key]) ?? this[key];
      })
    : JSON.stringify(items);
  const head = JSON.stringify({ path, type, ...(isTagged ? { isTagged } : {}) });
  return `${head.slice(0, -1)},"items":${text}}`;
};

/** Whether something in a value is not written as it is. Throws on what cannot be written. */
const hasTagged = (value: unknown): boolean => {
  if (tag(value) !== undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  for (const key in value) {
    if (hasTagged((value as Record<string, unknown>)[key])) return true;
  }
  return false;
};

/** How a value is written that JSON has not; `undefined` when it is written as it is. */
const tag = (value: unknown): object | undefined => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('a snapshot holds finite numbers only');
    return undefined;
  }
  if (value === undefined) return { $undefined: true };
  return tagObject(value);
};

const tagObject = (value: unknown): object | undefined => {
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  if (isDecimal(value)) return { $decimal: decimalToText(value) };
  if (Array.isArray(value)) return undefined;
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return undefined;
  throw new TypeError(`a snapshot cannot hold a ${typeof value}`);
};

/** Puts pieces together again. */
export class PieceReader {
  readonly #root: Record<string, unknown> = {};

  get state(): Readonly<Record<string, unknown>> {
    return this.#root;
  }

  /** Throws when the piece has no place. */
  add(text: string): void {
    const piece = JSON.parse(text) as Piece;
    const items = piece.isTagged === true ? piece.items.map(untag) : piece.items;
    const container = this.#at(piece, () =>
      piece.type === 'Map' ? new Map() : piece.type === 'Set' ? new Set() : items[0],
    );
    if (piece.type === 'Value') return;
    if (container instanceof Map) {
      for (const item of items) {
        const [key, value] = item as readonly [unknown, unknown];
        container.set(key, value);
      }
    } else if (container instanceof Set) for (const item of items) container.add(item);
    else throw new TypeError(`a piece of a ${piece.type} is at the place of something else`);
  }

  #at({ path }: Piece, make: () => unknown): unknown {
    const [name, ...keys] = path;
    if (typeof name !== 'string') throw new TypeError('a piece has no name');
    if (keys.length === 0) {
      if (!Object.hasOwn(this.#root, name)) this.#root[name] = make();
      return this.#root[name];
    }
    let outer = this.#root[name];
    for (const [depth, key] of keys.entries()) {
      if (!(outer instanceof Map)) throw new TypeError(`${name} holds no maps`);
      if (!outer.has(key) && depth === keys.length - 1) outer.set(key, make());
      outer = outer.get(key);
    }
    return outer;
  }
}

const untag = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(untag);
  const entries = Object.entries(value);
  const [[name, inner] = []] = entries;
  switch (name) {
    case '$undefined':
      return undefined;
    case '$map':
      return new Map((inner as [unknown, unknown][]).map(([k, v]) => [untag(k), untag(v)]));
    case '$set':
      return new Set((inner as unknown[]).map(untag));
    case '$decimal':
      return decimal(inner as string) satisfies Decimal;
    default:
      return Object.fromEntries(entries.map(([key, each]) => [key, untag(each)]));
  }
};
