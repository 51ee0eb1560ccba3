import { type TSchema } from '@sinclair/typebox';
import { listItem } from './markdown-list.ts';
import { SettingsSchema } from '../../src/simulator/settings/settings-schema.ts';

/**
 * Every setting of `fathom simulate` as Markdown lists, a block each, from the schema that reads
 * them.
 */
export const settingsLists = (): string =>
  Object.keys(SettingsSchema.properties)
    .flatMap((block) => {
      const own = settings().filter(({ path }) => path.startsWith(`${block}.`));
      if (own.length === 0) return [];
      const items = own.map(({ path, schema }) =>
        listItem(`\`${path}\`: ${defaultOf(schema)}${othersOf(schema)}. ${sentence(schema)}`),
      );
      return [`### \`${block}\`\n\n${items.join('')}`];
    })
    .join('\n');

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
  return value === undefined ? '' : `\`${value.toString()}\`, or `;
};

const othersOf = (schema: TSchema): string => {
  const { enum: words, minimum, maximum, type, default: value } = schema as Shape;
  if (words !== undefined)
    return words
      .slice(1)
      .map((word) => `\`${word}\``)
      .join(', ');
  if (type === 'boolean') return value === true ? '`false`' : '`true`';
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return type === 'object' ? 'an object' : 'text';
};

/** The description, as a sentence of its own. */
const sentence = (schema: TSchema): string => {
  const text = String(schema.description);
  return /^[a-z]+\b/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}.` : `${text}.`;
};

interface Shape {
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly type?: string;
  readonly default?: unknown;
}
