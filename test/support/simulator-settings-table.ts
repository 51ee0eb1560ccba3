import { type TSchema } from '@sinclair/typebox';
import { SettingsSchema } from '../../src/simulator/settings/settings-schema.ts';

/**
 * Every setting of `fathom simulate` as rows of a Markdown table, from the schema that reads them.
 */
export const settingsTable = (): string =>
  [
    '| setting | default | other values | what it is |',
    '| --- | --- | --- | --- |',
    ...settings().map(
      ({ path, schema }) =>
        `| \`${path}\` | ${defaultOf(schema)} | ${othersOf(schema)} | ${String(schema.description)} |`,
    ),
  ].join('\n');

/** Dotted paths, e.g. `feeds.info`. */
export const settings = (): readonly { readonly path: string; readonly schema: TSchema }[] =>
  Object.entries(SettingsSchema.properties).flatMap(([block, schema]) => {
    const properties = (schema as TSchema)['properties'] as Record<string, TSchema> | undefined;
    return Object.entries(properties ?? {}).map(([name, each]) => ({
      path: `${block}.${name}`,
      schema: each,
    }));
  });

const defaultOf = (schema: TSchema): string => {
  const { default: value } = schema as { readonly default?: string | number | boolean };
  return value === undefined ? '' : `\`${value.toString()}\``;
};

const othersOf = (schema: TSchema): string => {
  const { enum: words, minimum, maximum, type } = schema as Shape;
  if (words !== undefined)
    return words
      .slice(1)
      .map((word) => `\`${word}\``)
      .join(', ');
  if (type === 'boolean') return '`true`, `false`';
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return type === 'object' ? 'an object' : 'text';
};

interface Shape {
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly type?: string;
}
