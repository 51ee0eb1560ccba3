import { type Static, Type } from '@sinclair/typebox';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type JsonValue, parseLosslessJson, toPlainJson } from '../../lib/lossless-json.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Timers } from '../../lib/time.ts';
import { type Fault, FaultSchema } from './fault.ts';

export const STEPS_MAX = 1_000;

/** A scenario file: faults with their times, counted from its start. */
export const ScenarioSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({ minLength: 1, maxLength: 80 }),
    description: Type.String({ minLength: 1 }),
    steps: Type.Array(
      Type.Object(
        {
          atMs: Type.Integer({ minimum: 0, description: 'milliseconds from the start' }),
          fault: FaultSchema,
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: STEPS_MAX },
    ),
  },
  { additionalProperties: false },
);

export type Scenario = Static<typeof ScenarioSchema>;

const ajv = new Ajv({ allErrors: true, strict: false });
const variants = new Map<string, ValidateFunction>(
  FaultSchema.anyOf.map((schema) => [schema.properties.kind.const, ajv.compile(schema)]),
);
const validateScenario = ajv.compile(
  Type.Object(
    {
      ...ScenarioSchema.properties,
      steps: Type.Array(
        Type.Object({ atMs: Type.Integer({ minimum: 0 }), fault: Type.Object({}) }),
        { minItems: 1, maxItems: STEPS_MAX },
      ),
    },
    { additionalProperties: false },
  ),
);

/** Each problem with its field first. */
const explain = (errors: readonly ErrorObject[] | null | undefined): string =>
  (errors ?? []).map(explainOne).join('; ');

const explainOne = ({
  instancePath,
  keyword,
  params,
  message = 'is wrong',
}: ErrorObject): string => {
  const given: Readonly<Record<string, unknown>> = params;
  switch (keyword) {
    case 'additionalProperties':
      return `${instancePath}/${String(given['additionalProperty'])} is no field of it`;
    case 'required':
      return `${instancePath}/${String(given['missingProperty'])} is missing`;
    case 'enum':
      return `${instancePath} ${message}: ${(given['allowedValues'] as readonly string[]).join(', ')}`;
    default:
      return `${instancePath || 'it'} ${message}`;
  }
};

/** Reads a fault from JSON. An error names the field and the kind of fault. */
export const readFault = (value: unknown): Result<Fault, string> => {
  const kind: unknown =
    typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  const validate = typeof kind === 'string' ? variants.get(kind) : undefined;
  if (validate === undefined) {
    return err(`kind must be one of ${[...variants.keys()].join(', ')}`);
  }
  return validate(value) ? ok(value as Fault) : err(explain(validate.errors));
};

export const readScenario = (text: string): Result<Scenario, string> => {
  const parsed = parseLosslessJson(text);
  if (!parsed.ok) return err(`not JSON: ${parsed.error.message} at ${parsed.error.at}`);
  return checkScenario(toPlainJson(parsed.value satisfies JsonValue));
};

const checkScenario = (value: unknown): Result<Scenario, string> => {
  if (!validateScenario(value)) return err(explain(validateScenario.errors));
  const scenario = value as Scenario;
  for (const [at, step] of scenario.steps.entries()) {
    const fault = readFault(step.fault);
    if (!fault.ok) return err(`steps[${at}].fault: ${fault.error}`);
  }
  return ok(scenario);
};

/** Runs the steps on the timers. `stop` drops the steps that are not due yet. */
export const runScenario = (
  scenario: Scenario,
  timers: Timers,
  inject: (fault: Fault) => unknown,
): { readonly stop: () => void } => {
  const set = scenario.steps.map(({ atMs, fault }) =>
    timers.set(atMs, () => {
      inject(fault);
    }),
  );
  return {
    stop: () => {
      for (const timer of set) timer.cancel();
    },
  };
};
