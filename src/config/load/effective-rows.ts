import { placesOf } from './build-config.ts';
import { type RawConfig } from '../schema/schema.ts';
import { type Source } from './overrides.ts';
import { type ResolvedSecrets } from '../secrets.ts';
import { type Block } from '../schema/setting.ts';
import { secretPathsOf, settingsOf, valueAt } from '../tree.ts';

/** One line of `fathom check-config`. */
export interface EffectiveRow {
  readonly key: string;
  /** As JSON would write it; `<redacted>` for a secret, `-` for what is not set. */
  readonly value: string;
  readonly source: Source;
}

/** Every key with its effective value and source, secrets as one masked row each. */
export const effectiveRows = ({
  schema,
  raw,
  sources,
  secretByPath,
}: {
  readonly schema: Block;
  readonly raw: RawConfig;
  readonly sources: ReadonlyMap<string, Source>;
  readonly secretByPath: ResolvedSecrets['byPath'];
}): readonly EffectiveRow[] => {
  const secretPaths = new Set(secretPathsOf(schema).map((path) => path.join('.')));
  const places: Readonly<Record<string, string>> = placesOf(raw);
  const rows: EffectiveRow[] = [];
  for (const { path } of settingsOf(schema)) {
    const parent = path.slice(0, -1).join('.');
    if (secretPaths.has(parent)) {
      if (path.at(-1) === 'env') rows.push(secretRow(parent, secretByPath));
      continue;
    }
    const key = path.join('.');
    const value = valueAt(raw, path) ?? places[key];
    rows.push({
      key,
      value: value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value),
      source: sources.get(key) ?? 'default',
    });
  }
  return rows;
};

const secretRow = (key: string, secretByPath: ResolvedSecrets['byPath']): EffectiveRow => {
  const found = secretByPath.get(key);
  return found === undefined
    ? { key, value: '-', source: 'default' }
    : { key, value: found.secret.toString(), source: found.source };
};
