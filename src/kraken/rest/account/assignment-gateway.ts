import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import {
  type Assignment,
  assignment,
  assignmentChange,
  type AssignmentHistory,
  assignmentHistory,
} from './settings-readers.ts';
import { list } from '../../json/readers.ts';
import { type RawClient } from '../raw-client.ts';
import { enveloped, type Read, readReply } from '../reading.ts';

interface NewAssignment {
  readonly contractType: string;
  readonly symbol?: TradingSymbol;
  readonly sizeMax?: DecimalText;
  readonly positionMax?: DecimalText;
  readonly acceptsLong: boolean;
  readonly acceptsShort: boolean;
  readonly timeFrame: 'WEEKDAYS' | 'WEEKEND' | 'ALL';
  readonly isEnabled: boolean;
}

/**
 * The assignment programme [rest 2.9]. Adding and deleting write, whatever the key's level says. No
 * command joins the programme yet: it waits for the operator console.
 */
export interface RestAssignmentGateway {
  readonly assignments: () => Read<readonly Assignment[]>;
  readonly assignmentHistory: () => Read<readonly AssignmentHistory[]>;
  readonly addAssignment: (assignment: NewAssignment) => Read<Assignment>;
  readonly deleteAssignment: (id: number) => Read<Assignment>;
}

export const makeRestAssignmentGateway = (client: RawClient): RestAssignmentGateway => ({
  assignments: async () =>
    readReply(
      await client.assignmentprogramCurrent({}),
      enveloped('participants', list(assignment)),
      'assignmentprogram-current',
    ),
  assignmentHistory: async () =>
    readReply(
      await client.assignmentprogramHistory({}),
      enveloped('participants', list(assignmentHistory)),
      'assignmentprogram-history',
    ),
  addAssignment: async (added) =>
    readReply(
      await client.assignmentprogramAdd({
        contractType: added.contractType,
        contract: added.symbol,
        maxSize: added.sizeMax,
        maxPosition: added.positionMax,
        acceptLong: added.acceptsLong,
        acceptShort: added.acceptsShort,
        timeFrame: added.timeFrame,
        enabled: added.isEnabled,
      }),
      assignmentChange,
      'assignmentprogram-add',
      'setting',
    ),
  deleteAssignment: async (id) =>
    readReply(
      await client.assignmentprogramDelete({ id }),
      assignmentChange,
      'assignmentprogram-delete',
      'setting',
    ),
});
