import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type AssignmentPreference } from '../../../exchange/model/commands.ts';
import { walletOfContract } from '../../../exchange/model/instruments/instrument.ts';
import { failure, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestVenue,
  UNPUBLISHED_POINTS,
  V3,
} from './endpoint.ts';
import { type Fields, readBoolean, readDecimal, readInteger } from '../fields.ts';
import { defined } from '../../../../lib/defined.ts';
import { double, iso, whole } from '../json.ts';

const participant = (preference: AssignmentPreference): JsonObject =>
  defined({
    contractType: preference.contractType,
    contract: preference.contract ?? null,
    maxSize: preference.maxSize === undefined ? null : double(preference.maxSize),
    maxPosition: preference.maxPosition === undefined ? null : double(preference.maxPosition),
    acceptLong: preference.acceptLong,
    acceptShort: preference.acceptShort,
    timeFrame: preference.timeFrame,
    enabled: preference.enabled,
  });

export const assignmentCurrent: ServedEndpoint = {
  id: 'assignmentprogram-current',
  method: 'GET',
  paths: [`${V3}/assignmentprogram/current`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) => {
    const current = venue.queries.preferences(accountOf(call))?.assignments ?? [];
    return success(call.at, {
      participants: current.map(({ id, preference }) => ({
        id: whole(id),
        participant: participant(preference),
      })),
    });
  },
};

export const assignmentHistory: ServedEndpoint = {
  id: 'assignmentprogram-history',
  method: 'GET',
  paths: [`${V3}/assignmentprogram/history`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(UNPUBLISHED_POINTS),
  answer: (call, venue) =>
    success(call.at, {
      participants: venue.settings
        .assignmentChanges(accountOf(call))
        .map(({ deleted, at, preference }) => ({
          deleted,
          timestamp: iso(at),
          participant: participant(preference),
        })),
    }),
};

const TIME_FRAMES = ['WEEKDAYS', 'WEEKEND', 'ALL'] as const;
const isTimeFrame = (text: string | undefined): text is AssignmentPreference['timeFrame'] =>
  TIME_FRAMES.some((frame) => frame === text);

const FLAGS = ['acceptLong', 'acceptShort', 'enabled'] as const;
const SIZES = ['maxSize', 'maxPosition'] as const;
const ADD_REQUIRED = ['contractType', 'acceptLong', 'acceptShort', 'timeFrame', 'enabled'];

/** A flex preference names a contract, or a pair by base and quote [rest 2.9]. */
const isMissing = (fields: Fields): boolean => {
  const isNamed = fields.has('contract') || (fields.has('base') && fields.has('quote'));
  return (
    ADD_REQUIRED.some((name) => !fields.has(name)) ||
    (fields.get('contractType') === 'flex' && !isNamed)
  );
};

const readFlag = (fields: Fields, name: (typeof FLAGS)[number]): boolean | undefined => {
  const read = readBoolean(fields.get(name));
  return read === 'invalid' ? undefined : read.value;
};

/** The sizes of the form, or the name of an invalid one. */
const readSizes = (fields: Fields): Partial<Record<(typeof SIZES)[number], string>> | string => {
  const sizes: Partial<Record<(typeof SIZES)[number], string>> = {};
  for (const name of SIZES) {
    const read = readDecimal(fields.get(name));
    if (read === 'invalid' || read.value?.startsWith('-') === true) return name;
    if (read.value !== undefined) sizes[name] = read.value;
  }
  return sizes;
};

/** The preference in the form, or the name of an invalid parameter. */
const readPreference = (fields: Fields): AssignmentPreference | string => {
  const [acceptLong, acceptShort, enabled] = FLAGS.map((name) => readFlag(fields, name));
  if (acceptLong === undefined || acceptShort === undefined || enabled === undefined) {
    return FLAGS.find((name) => readFlag(fields, name) === undefined) ?? 'enabled';
  }
  const timeFrame = fields.get('timeFrame');
  if (!isTimeFrame(timeFrame)) return 'timeFrame';
  const sizes = readSizes(fields);
  if (typeof sizes === 'string') return sizes;
  return {
    contractType: fields.get('contractType') ?? '',
    ...readContracts(fields),
    ...sizes,
    acceptLong,
    acceptShort,
    timeFrame,
    enabled,
  };
};

const readContracts = (
  fields: Fields,
): Pick<AssignmentPreference, 'contract' | 'base' | 'quote'> => {
  const contract = fields.get('contract')?.toUpperCase();
  const base = fields.get('base')?.toUpperCase();
  const quote = fields.get('quote')?.toUpperCase();
  return {
    ...defined({ contract }),
    ...(base === undefined || quote === undefined
      ? {}
      : { base: base === 'XBT' ? 'BTC' : base, quote }),
  };
};

/** The first parameter that matches no listed contract. */
const misfit = (
  { contractType, contract, base, quote }: AssignmentPreference,
  venue: RestVenue,
): string | undefined => {
  const ofType = venue.queries
    .instruments()
    .filter((spec) => walletOfContract(spec) === contractType);
  if (ofType.length === 0) return 'contractType';
  const named = ofType.filter(({ symbol }) => contract === undefined || symbol === contract);
  if (named.length === 0) return 'contract';
  const isOfPair = named.some((spec) => spec.base === base && spec.quote === quote);
  return base === undefined || isOfPair ? undefined : 'base';
};

export const assignmentAdd: ServedEndpoint = {
  id: 'assignmentprogram-add',
  method: 'POST',
  paths: [`${V3}/assignmentprogram/add`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  check: ({ fields, at }) => {
    if (isMissing(fields)) return failure(at, 'requiredArgumentMissing');
    const read = readPreference(fields);
    return typeof read === 'string' ? failure(at, `invalidArgument: ${read}`) : undefined;
  },
  answer: async (call, venue) => {
    const preference = readPreference(call.fields);
    if (typeof preference === 'string') return failure(call.at, `invalidArgument: ${preference}`);
    const wrong = misfit(preference, venue);
    if (wrong !== undefined) return failure(call.at, `invalidArgument: ${wrong}`);
    const account = accountOf(call);
    const events = await venue.exchange.ask({ type: 'SetAssignment', account, preference });
    const set = events?.find((event) => event.type === 'PreferenceSet');
    if (set?.assignmentId === undefined) return failure(call.at, 'Unavailable');
    venue.settings.recordAssignment(account, { deleted: false, at: call.at, preference });
    return success(call.at, { id: whole(set.assignmentId), participant: participant(preference) });
  },
};

export const assignmentDelete: ServedEndpoint = {
  id: 'assignmentprogram-delete',
  method: 'POST',
  paths: [`${V3}/assignmentprogram/delete`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  check: ({ fields, at }) => {
    const read = readInteger(fields.get('id'));
    if (read === 'invalid') return failure(at, 'invalidArgument: id');
    return read.value === undefined ? failure(at, 'requiredArgumentMissing') : undefined;
  },
  answer: async (call, venue) => {
    const read = readInteger(call.fields.get('id'));
    const id = read === 'invalid' ? undefined : read.value;
    const account = accountOf(call);
    const found = venue.queries.preferences(account)?.assignments.find((each) => each.id === id);
    if (found === undefined || id === undefined) return failure(call.at, 'notFound');
    await venue.exchange.ask({ type: 'RemoveAssignment', account, id });
    const { preference } = found;
    venue.settings.recordAssignment(account, { deleted: true, at: call.at, preference });
    return success(call.at, { id: whole(id), participant: participant(preference) });
  },
};
