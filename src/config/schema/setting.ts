/**
 * One key of the configuration, in the form that convict reads (`doc`, `default`, `format`), with
 * additions for the reference page and for environment overrides. The formats are our own and
 * strict: those of convict would turn the text "4003" into a number.
 */
export interface Setting<T> {
  readonly doc: string;
  /** What a value looks like, for the reference page: `text`, `ms 1..60000`. */
  readonly kind: string;
  readonly default: T;
  readonly required: boolean;
  /** What an absent optional key means, for the reference page. */
  readonly whenAbsent?: string;
  /** Throws when the value is not of this kind: convict's contract. */
  readonly format: (value: unknown) => void;
  /**
   * Reads the value from the text of an environment variable. A text that is no such value is
   * returned as it is, and fails `format`.
   */
  readonly fromText: (text: string) => unknown;
  /** The canonical spelling of a value, so that equal values compare equal. */
  readonly canonical: (value: unknown) => unknown;
  /** A wrong value of this key is never shown: it might be a secret in the wrong place. */
  readonly sensitive: boolean;
}

/** A group of keys. */
export interface Block {
  readonly [key: string]: Setting<unknown> | Block;
}

/**
 * The values that a setting or block gives: the type of the configuration is inferred from its
 * schema.
 */
export type ValuesOf<Node> =
  Node extends Setting<infer T> ? T : { readonly [Key in keyof Node]: ValuesOf<Node[Key]> };

export const isSetting = (node: Setting<unknown> | Block): node is Setting<unknown> =>
  typeof node['format'] === 'function';

/** Whether a value may be given to the setting. */
export const isOfKind = <T>(setting: Setting<T>, value: unknown): value is T => {
  try {
    setting.format(value);
    return value !== undefined;
  } catch {
    return false;
  }
};

export interface Kind<T> {
  readonly name: string;
  /** Why a value is not of this kind; `undefined` when it is. */
  readonly refuse: (value: unknown) => string | undefined;
  readonly fromText?: (text: string) => unknown;
  readonly canonical?: (value: unknown) => unknown;
  readonly sensitive?: boolean;
  /** Carries the type only. */
  readonly example: T;
}

export interface SettingMaker<T> {
  readonly withDefault: (value: T) => Setting<T>;
  readonly required: () => Setting<T>;
  readonly optional: (whenAbsent: string) => Setting<T | undefined>;
}

/** `setting(kind)(doc).withDefault(value)`, `.required()` or `.optional(what absence means)`. */
export const setting =
  <T>(kind: Kind<T>) =>
  (doc: string): SettingMaker<T> => {
    const common = {
      doc,
      kind: kind.name,
      sensitive: kind.sensitive ?? false,
      fromText: kind.fromText ?? ((text: string): unknown => text),
      canonical: kind.canonical ?? ((value: unknown): unknown => value),
      format: (value: unknown): void => {
        const reason = value === undefined ? undefined : kind.refuse(value);
        if (reason !== undefined) throw new Error(reason);
      },
    };
    return {
      withDefault: (value) => ({ ...common, default: value, required: false }),
      // A required key has no default; its absence is reported before the value is read.
      required: () => ({ ...common, default: undefined as T, required: true }),
      optional: (whenAbsent) => ({ ...common, default: undefined, required: false, whenAbsent }),
    };
  };
