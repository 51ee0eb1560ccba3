import { type Result, err, ok } from '../../lib/result.ts';

/** A JSON document and where each of its keys stands, so that a problem can name its line. */
export interface JsonDocument {
  readonly value: unknown;
  /** Line (from 1) of each key by its dotted path; lists are leaves. */
  readonly lineByPath: ReadonlyMap<string, number>;
  /**
   * Keys written more than once in one object: `JSON.parse` would keep the last and say nothing.
   */
  readonly duplicates: readonly {
    readonly path: string;
    readonly line: number;
    readonly firstLine: number;
  }[];
}

export interface JsonSyntaxProblem {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

const DEPTH_MAX = 32;

/**
 * Reads strict JSON (RFC 8259). Errors: the first place, line and column from 1, that is not JSON.
 */
export const parseJsonText = (text: string): Result<JsonDocument, JsonSyntaxProblem> => {
  const reader = new JsonReader(text.startsWith('\uFEFF') ? text.slice(1) : text);
  try {
    return ok(reader.document());
  } catch (cause) {
    // The reader is recursive; its one exception is the way out of the recursion and ends here.
    if (cause instanceof NotJson) return err({ ...reader.place(cause.at), reason: cause.message });
    throw cause;
  }
};

class NotJson extends Error {
  readonly at: number;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

const BLANK = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class JsonReader {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  readonly #duplicates: { path: string; line: number; firstLine: number }[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonDocument {
    const value = this.#value([], 0);
    this.#skipBlank();
    if (this.#at < this.#text.length) this.#fail('there is text after the end of the document');
    return { value, lineByPath: this.#lines, duplicates: this.#duplicates };
  }

  place(at: number): { line: number; column: number } {
    const before = this.#text.slice(0, at);
    return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
  }

  #value(path: readonly string[], depth: number): unknown {
    if (depth > DEPTH_MAX) this.#fail(`nested deeper than ${DEPTH_MAX}`);
    this.#skipBlank();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(path, depth);
    if (first === '[') return this.#list(path, depth);
    if (first === '"') return this.#string();
    const token = this.#take(WORD) ?? this.#take(NUMBER);
    if (token === undefined) this.#fail('expected a value');
    return JSON.parse(token);
  }

  #object(path: readonly string[], depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const linesHere = new Map<string, number>();
    this.#at += 1;
    this.#skipBlank();
    if (this.#skip('}')) return result;
    do {
      this.#skipBlank();
      if (this.#text[this.#at] === '}') this.#fail('a comma stands before the closing brace');
      const { line } = this.place(this.#at);
      const key = this.#string();
      const keyPath = [...path, key];
      const firstLine = linesHere.get(key);
      if (firstLine === undefined) linesHere.set(key, line);
      else this.#duplicates.push({ path: keyPath.join('.'), line, firstLine });
      this.#lines.set(keyPath.join('.'), line);
      this.#skipBlank();
      if (!this.#skip(':')) this.#fail('expected a colon after the key');
      // defineProperty, because assigning to `__proto__` would not make a key.
      const value = this.#value(keyPath, depth + 1);
      Object.defineProperty(result, key, {
        value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
      this.#skipBlank();
    } while (this.#skip(','));
    if (!this.#skip('}')) this.#fail('expected a comma or the closing brace');
    return result;
  }

  #list(path: readonly string[], depth: number): unknown[] {
    const result: unknown[] = [];
    this.#at += 1;
    this.#skipBlank();
    if (this.#skip(']')) return result;
    do {
      this.#skipBlank();
      if (this.#text[this.#at] === ']') this.#fail('a comma stands before the closing bracket');
      result.push(this.#value([...path, String(result.length)], depth + 1));
      this.#skipBlank();
    } while (this.#skip(','));
    if (!this.#skip(']')) this.#fail('expected a comma or the closing bracket');
    return result;
  }

  #string(): string {
    const token = this.#take(STRING);
    if (token !== undefined) return JSON.parse(token) as string;
    const quoted = this.#text[this.#at] === '"';
    return this.#fail(
      quoted
        ? 'a string is not closed or has a bad escape'
        : 'expected a key or string in double quotes',
    );
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipBlank(): void {
    this.#take(BLANK);
  }

  #fail(reason: string): never {
    if (this.#at >= this.#text.length) throw new NotJson(this.#at, 'the document ends too early');
    if (/^(?:\/\/|\/\*|#)/.test(this.#text.slice(this.#at, this.#at + 2))) {
      throw new NotJson(this.#at, 'comments are not part of JSON');
    }
    throw new NotJson(this.#at, reason);
  }
}
