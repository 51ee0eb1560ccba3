import { type Core } from '../../../../src/app/loop/decider.ts';
import {
  type Decider,
  type FactJournal,
  type RecordedFact,
} from '../../../../src/app/loop/engine-loop.ts';
import { type RecoveredEngine } from '../../../../src/app/loop/recovery.ts';
import { type OrderGateway } from '../../../../src/domain/ports.ts';
import { type SessionStore } from '../../../../src/fix/session/model/session-types.ts';
import { type Storage } from '../../../../src/journal/storage.ts';
import { type SimDisk } from './sim-disk.ts';

/** Where a deliberate bug is put in. A world without any is the product as it is. */
export interface Changes {
  readonly decider?: (decider: Decider) => Decider;
  readonly core?: (core: Core) => Core;
  readonly gateway?: (gateway: OrderGateway) => OrderGateway;
  readonly store?: (store: SessionStore, session: string) => SessionStore;
  readonly journal?: (journal: FactJournal) => FactJournal;
  readonly recovered?: (recovered: RecoveredEngine) => RecoveredEngine;
  readonly onDurable?: (
    facts: readonly RecordedFact[],
    publish: (facts: readonly RecordedFact[]) => void,
  ) => void;
  readonly disk?: (disk: SimDisk) => Storage;
}
