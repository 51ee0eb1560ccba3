import { FaultSchema } from './fault.ts';

interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

interface KindSchema {
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, FieldSchema>>;
}

const KINDS: ReadonlyMap<string, KindSchema> = new Map(
  FaultSchema.anyOf.map((schema) => [schema.properties.kind.const, schema]),
);

/**
 * Lists every kind of fault with its fields, generated from the schema. `*` marks required fields.
 */
export const faultHelp = (): string =>
  [...KINDS]
    .map(([kind, { description, properties, required }]) => {
      const lines = Object.entries(properties)
        .filter(([name]) => name !== 'kind')
        .map(([name, field]) => {
          const mark = required?.includes(name) === true ? '*' : '';
          return `      ${name}${mark}  ${fieldHelp(field)}`;
        });
      return [`  ${kind}`, `    ${description ?? ''}`, ...lines].join('\n');
    })
    .join('\n');

/** Whether a field is text, such as a price, though it may look like a number. */
export const isText = (kind: string, name: string): boolean =>
  KINDS.get(kind)?.properties[name]?.type === 'string';

const fieldHelp = (field: FieldSchema): string => {
  const { description } = field;
  return `${valueHelp(field)}${description === undefined ? '' : `: ${description}`}`;
};

const valueHelp = ({
  type,
  enum: words,
  minimum,
  exclusiveMinimum,
  maximum,
}: FieldSchema): string => {
  if (words !== undefined) return words.join(' | ');
  const from = minimum ?? exclusiveMinimum;
  const range = [
    ...(from === undefined ? [] : [`${minimum === undefined ? 'above' : 'from'} ${from}`]),
    ...(maximum === undefined ? [] : [`to ${maximum}`]),
  ];
  return [type === 'array' ? 'JSON list' : (type ?? ''), ...range].join(' ');
};
