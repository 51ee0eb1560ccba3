import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';
import {
  type SessionApplication,
  type SessionStore,
} from '../../../../src/fix/session/model/session-types.ts';
import { makeSettings, type SessionSettings } from '../../../../src/fix/session/model/settings.ts';
import { type HostOptions, SessionHost } from '../../../../src/fix/runtime/session-host.ts';
import { type SessionTransport } from '../../../../src/fix/runtime/outbox.ts';
import { makeValidate } from '../../../../src/fix/session/session-validate.ts';
import { frameOf, splitFrames, type WireField, withTimes } from '../../../conformance/dialogue.ts';
import { stockDictionary } from '../../../conformance/stage.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

/** Lets microtasks (commits) and setImmediate (long resends) run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** A transport that remembers what it was given, and whose peer reads only when told to. */
export class MemoryTransport implements SessionTransport {
  readonly peer = 'memory';
  written = '';
  writes = 0;
  unsent = 0;
  /** Bytes the peer leaves unread pile up. */
  isReading = true;
  isClosed = false;
  isDestroyed = false;

  write = (bytes: Buffer): void => {
    this.writes++;
    this.written += bytes.toString('latin1');
    if (!this.isReading) this.unsent += bytes.length;
  };
  unsentBytes = (): number => this.unsent;
  close = (): void => {
    this.isClosed = true;
  };
  destroy = (): void => {
    this.isDestroyed = true;
  };
  /** Our messages, as `35=…|34=…|…` without the rest of the header. */
  frames(): readonly string[] {
    return splitFrames(this.written).frames;
  }
}

export interface Harness {
  readonly host: SessionHost;
  readonly time: VirtualTime;
  readonly store: SessionStore;
  readonly transport: MemoryTransport;
  readonly told: string[];
  /** A frame of the peer's. */
  readonly frame: (fields: string) => Buffer;
  readonly receive: (fields: string) => Promise<void>;
  /** Connects and exchanges Logons. */
  readonly logon: () => Promise<void>;
}

export const makeHarness = (
  options: {
    readonly settings?: Partial<SessionSettings>;
    readonly application?: Partial<SessionApplication>;
    readonly store?: SessionStore;
    /** Check messages against the dictionary. */
    readonly isChecking?: boolean;
    readonly host?: Partial<HostOptions>;
  } = {},
): Harness => {
  const time = new VirtualTime();
  const told: string[] = [];
  const store = options.store ?? makeMemoryStore();
  const transport = new MemoryTransport();
  const settings = makeSettings({
    id: 'test',
    role: 'initiator',
    beginString: 'FIX.4.4',
    senderCompID: 'ME',
    targetCompID: 'VENUE',
    probeAfterLogon: false,
    resendPolicy: 'full',
    ...options.settings,
  });
  const host = new SessionHost({
    settings,
    application: {
      onLoggedOn: () => told.push('logged on'),
      onLoggedOut: (info) => told.push(`logged out ${info.cause} ${info.text}`),
      onMessage: (message: FixMessage) => told.push(`message ${message.msgType}`),
      onEvent: (event) => told.push(`${event.code} ${event.text}`),
      ...options.application,
    },
    store,
    dictionary: stockDictionary('FIX.4.4'),
    ...(options.isChecking === true && {
      validate: makeValidate(stockDictionary('FIX.4.4'), settings),
    }),
    clock: time,
    ...options.host,
  });
  let next = 1;
  const frame = (text: string): Buffer => {
    const fields: WireField[] = text
      .split('|')
      .filter((part) => part !== '')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
    return frameOf(fields, {
      beginString: 'FIX.4.4',
      sender: settings.targetCompID,
      target: settings.senderCompID,
      msgSeqNum: next++,
      sendingTime: withTimes('<now>', time.wall()),
    });
  };
  const receive = async (text: string): Promise<void> => {
    host.received(frame(text));
    await settle();
  };
  return {
    host,
    time,
    store,
    transport,
    told,
    frame,
    receive,
    logon: async () => {
      host.connected(transport);
      await receive('35=A|98=0|108=30|');
    },
  };
};

export const ORDER = {
  msgType: 'D',
  fields: [
    [11, 'A'],
    [55, 'X'],
    [54, '1'],
    [60, '20261122-12:00:00.000'],
    [40, '1'],
  ],
} as const;
