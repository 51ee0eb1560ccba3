import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { err, ok, type Result } from '../../lib/result.ts';

const amount = Type.String({ pattern: '^[0-9]{1,20}(\\.[0-9]{1,18})?$' });
const count = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const strict = { additionalProperties: false } as const;

/**
 * Commands of an operator to the exchange, beside faults: prices, states, settlements, deposits.
 */
const CommandSchema = Type.Union([
  Type.Object({ type: Type.Literal('SetIndex'), symbol: Type.String(), price: amount }, strict),
  Type.Object(
    {
      type: Type.Literal('SetMarketState'),
      symbol: Type.String(),
      suspended: Type.Optional(Type.Boolean()),
      postOnly: Type.Optional(Type.Boolean()),
      cancelOnly: Type.Optional(Type.Boolean()),
      dislocation: Type.Optional(
        Type.Union([
          Type.Literal('ABOVE_UPPER_BOUND'),
          Type.Literal('BELOW_LOWER_BOUND'),
          Type.Literal('none'),
        ]),
      ),
      extremeVolatilityInitialMarginMultiplier: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100 }),
      ),
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal('SetMakerProtection'),
      symbol: Type.String(),
      millis: Type.Integer({ minimum: 0, maximum: 60_000 }),
    },
    strict,
  ),
  Type.Object(
    { type: Type.Literal('Settle'), symbol: Type.String(), price: Type.Optional(amount) },
    strict,
  ),
  Type.Object({ type: Type.Literal('EndFundingPeriod'), symbol: Type.String() }, strict),
  Type.Object(
    {
      type: Type.Literal('SetLimits'),
      limits: Type.Object(
        {
          cliOrdIdScope: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('forever')])),
          priceCollar: Type.Optional(amount),
          openOrdersMax: Type.Optional(count),
          trailingStopsMax: Type.Optional(count),
          smallOrderUsd: Type.Optional(amount),
          smallOrdersMax: Type.Optional(count),
          heldOrdersMax: Type.Optional(count),
        },
        strict,
      ),
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal('Deposit'),
      account: Type.String(),
      wallet: Type.String(),
      currency: Type.String(),
      amount,
    },
    strict,
  ),
]);

export const COMMAND_NAMES: readonly string[] = CommandSchema.anyOf.map(
  (schema) => schema.properties.type.const,
);

type AdminCommand = Static<typeof CommandSchema>;

const validate = new Ajv({ strict: false }).compile(CommandSchema);

export const readCommand = (value: unknown): Result<AdminCommand, string> =>
  validate(value)
    ? ok(value as AdminCommand)
    : err(
        `a command is ${COMMAND_NAMES.join(', ')}, with its own fields: see docs/simulator-admin.md`,
      );

const RestOptionsSchema = Type.Object(
  {
    executionLayout: Type.Optional(Type.Union([Type.Literal('single'), Type.Literal('pair')])),
    legacyLowerCase: Type.Optional(Type.Boolean()),
    fixOrders: Type.Optional(
      Type.Union([Type.Literal('all'), Type.Literal('cancel'), Type.Literal('none')]),
    ),
  },
  strict,
);

const validateRestOptions = new Ajv({ strict: false }).compile(RestOptionsSchema);

export const readRestOptions = (
  value: unknown,
): Result<Static<typeof RestOptionsSchema>, string> =>
  validateRestOptions(value)
    ? ok(value as Static<typeof RestOptionsSchema>)
    : err(
        'executionLayout is single or pair, legacyLowerCase true or false, fixOrders all, cancel or none',
      );
