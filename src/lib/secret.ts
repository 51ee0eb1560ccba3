import { createHash, timingSafeEqual } from 'node:crypto';

const REDACTED = '<redacted>';

/**
 * A value that prints as `<redacted>` wherever it is written by accident; `reveal()` is the only
 * way in.
 */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  /**
   * Whether a given text is the secret. The time it takes says nothing about how much of it is
   * right: digests are compared, which have one length whatever was given.
   */
  matches(given: string | undefined): boolean {
    const isSame = timingSafeEqual(digest(given ?? ''), digest(this.#value));
    return isSame && given !== undefined;
  }
  toString(): string {
    return REDACTED;
  }
  toJSON(): string {
    return REDACTED;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
