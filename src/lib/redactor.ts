import { type Secret } from './secret.ts';

/** Shorter values would blot out ordinary text. */
const LENGTH_MIN = 6;

/** Replaces every occurrence of a secret's value by `<redacted>`: the last net under a file that must hold none. */
export const makeRedactor = (secrets: Iterable<Secret>): ((text: string) => string) => {
  const values = [...secrets]
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= LENGTH_MIN)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    if (text.length < LENGTH_MIN) return text;
    let redacted = text;
    for (const value of values) {
      if (redacted.includes(value)) redacted = redacted.replaceAll(value, '<redacted>');
    }
    return redacted;
  };
};
