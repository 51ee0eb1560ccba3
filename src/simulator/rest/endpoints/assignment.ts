import { type JsonObject } from '../../../lib/lossless-json.ts';
import { type AssignmentPreference } from '../../exchange/commands.ts';
import { failure, success } from '../answer.ts';
import { accountOf, costs, type Endpoint, UNPUBLISHED_POINTS } from '../endpoint.ts';
import { type Fields, readBoolean, readDecimal, readInteger } from '../fields.ts';
import { defined, double, iso, whole } from '../json.ts';
import { V3 } from './paths.ts';

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

export const assignmentCurrent: Endpoint = {
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

export const assignmentHistory: Endpoint = {
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

const ADD_REQUIRED = ['contractType', 'acceptLong', 'acceptShort', 'timeFrame', 'enabled'];

/** What the form asks for, or the name of the parameter that makes no sense. */
const readPreference = (fields: Fields): AssignmentPreference | string => {
  const flags = ['acceptLong', 'acceptShort', 'enabled'].map((name) =>
    readBoolean(fields.get(name)),
  );
  const [acceptLong, acceptShort, enabled] = flags.map((flag) =>
    flag === 'invalid' ? undefined : flag.value,
  );
  if (acceptLong === undefined || acceptShort === undefined || enabled === undefined) {
    return 'acceptLong';
  }
  const timeFrame = fields.get('timeFrame');
  if (!isTimeFrame(timeFrame)) return 'timeFrame';
  const maxSize = readDecimal(fields.get('maxSize'));
  const maxPosition = readDecimal(fields.get('maxPosition'));
  if (maxSize === 'invalid' || maxPosition === 'invalid') return 'maxSize';
  const contract = fields.get('contract')?.toUpperCase();
  return {
    contractType: fields.get('contractType') ?? '',
    ...(contract === undefined ? {} : { contract }),
    ...(maxSize.value === undefined ? {} : { maxSize: maxSize.value }),
    ...(maxPosition.value === undefined ? {} : { maxPosition: maxPosition.value }),
    acceptLong,
    acceptShort,
    timeFrame,
    enabled,
  };
};

export const assignmentAdd: Endpoint = {
  id: 'assignmentprogram-add',
  method: 'POST',
  paths: [`${V3}/assignmentprogram/add`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(UNPUBLISHED_POINTS),
  check: ({ fields, at }) => {
    if (ADD_REQUIRED.some((name) => !fields.has(name)))
      return failure(at, 'requiredArgumentMissing');
    const read = readPreference(fields);
    return typeof read === 'string' ? failure(at, `invalidArgument: ${read}`) : undefined;
  },
  answer: async (call, venue) => {
    const preference = readPreference(call.fields);
    if (typeof preference === 'string') return failure(call.at, `invalidArgument: ${preference}`);
    const account = accountOf(call);
    const events = await venue.desk.ask({ type: 'SetAssignment', account, preference });
    const set = events?.find((event) => event.type === 'PreferenceSet');
    if (set?.assignmentId === undefined) return failure(call.at, 'Unavailable');
    venue.settings.recordAssignment(account, { deleted: false, at: call.at, preference });
    return success(call.at, { id: whole(set.assignmentId), participant: participant(preference) });
  },
};

export const assignmentDelete: Endpoint = {
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
    await venue.desk.ask({ type: 'RemoveAssignment', account, id });
    const { preference } = found;
    venue.settings.recordAssignment(account, { deleted: true, at: call.at, preference });
    return success(call.at, { id: whole(id), participant: participant(preference) });
  },
};
