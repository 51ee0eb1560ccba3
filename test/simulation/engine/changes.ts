import { type Core } from '../../../src/app/loop/decider.ts';
import {
  type Decider,
  type FactJournal,
  type RecordedFact,
} from '../../../src/app/loop/engine-loop.ts';
import { type RecoveredEngine } from '../../../src/app/loop/recovery.ts';
import { type InputBody } from '../../../src/core/input.ts';
import { type OrderGateway } from '../../../src/domain/ports.ts';
import { type SessionStore } from '../../../src/fix/session/model/session-types.ts';
import { type SimDisk } from './sim-disk.ts';

/** Where a deliberate bug is put in. A world without any is the product as it is. */
export interface Changes {
  readonly decider?: (decider: Decider) => Decider;
  readonly core?: (core: Core) => Core;
  readonly input?: (body: InputBody) => InputBody | undefined;
  readonly gateway?: (gateway: OrderGateway) => OrderGateway;
  readonly store?: (store: SessionStore, session: string) => SessionStore;
  readonly journal?: (journal: FactJournal) => FactJournal;
  readonly recovered?: (recovered: RecoveredEngine) => RecoveredEngine;
  readonly onDurable?: (
    facts: readonly RecordedFact[],
    publish: (facts: readonly RecordedFact[]) => void,
  ) => void;
  readonly disk?: (disk: SimDisk) => SimDisk;
}
