import { type RecordedFact } from '../../../../src/app/loop/engine-loop.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type ClientName } from '../../../../src/domain/ids.ts';
import { type FixDictionary } from '../../../../src/fix/dictionary/dictionary.ts';
import { dictionaryPath, loadDictionary } from '../../../../src/fix/dictionary/jspurefix.ts';
import { Prng } from '../../../../src/lib/prng.ts';
import { type Changes } from './changes.ts';
import { CLIENT_SESSION, EngineLife } from './engine-life.ts';
import { type Residual } from '../oracle/final-check.ts';
import { ExecutionBook } from '../oracle/execution-book.ts';
import { inputOf, placing } from './client-inputs.ts';
import { Oracle } from '../oracle/oracle.ts';
import { configOf } from './sim-config.ts';
import { SimDisk } from './sim-disk.ts';
import { SimLink } from './sim-link.ts';
import { ProcessTime, SimTime } from './sim-time.ts';
import { type Scene, type Step } from '../steps.ts';
import { settle } from './turns.ts';
import { VenueSide } from './venue-side.ts';
import { VenueTruth } from '../oracle/venue-truth.ts';
import { asPossDup, type Frame, framesIn } from '../oracle/wire-log.ts';

const START = Date.UTC(2026, 10, 24, 9);
export const CLIENT = `fix:${CLIENT_SESSION}` as ClientName;
const RESTART_AFTER_HALT_MS = 800;
const FRAMES_KEPT = 12;

let loaded: { readonly venue: FixDictionary; readonly client: FixDictionary } | undefined;
const dictionaries = (): { readonly venue: FixDictionary; readonly client: FixDictionary } => {
  const read = (name: string): FixDictionary => {
    const found = loadDictionary(dictionaryPath(name as never));
    if (!found.ok) throw new Error(found.error);
    return found.value;
  };
  loaded ??= { venue: read('KRAKEN-DRV-FIX44.xml'), client: read('FATHOM-FIX44.xml') };
  return loaded;
};

/** The engine, the venue and everything between them, in one process on one virtual clock. */
export class World {
  readonly scene: Scene;
  readonly time = new SimTime(START);
  readonly truth = new VenueTruth();
  readonly oracle: Oracle;
  readonly venue: VenueSide;
  readonly link: SimLink;
  readonly executions = new ExecutionBook();
  /** What the client has sent to an engine that could take it, by its own ids. */
  readonly asked = new Map<string, InputBody>();
  readonly trace: string[] = [];
  readonly counts = { lives: 0, halts: 0, notices: 0 };
  /** Doubts that were open when everything had come to rest. */
  residuals: readonly Residual[] = [];
  life: EngineLife | undefined;
  disk: SimDisk;
  #process: ProcessTime;
  readonly #random: Prng;
  readonly #changes: Changes;
  readonly #isTracing: boolean;
  /** What the venue said lately on the application's level. */
  #said: Frame[] = [];
  #skewMs = 0;
  readonly faults = { writeFailures: 0, syncFailures: 0, syncMs: () => this.#syncMs };
  #syncMs: number;

  constructor(scene: Scene, changes: Changes = {}, isTracing = false) {
    this.scene = scene;
    this.#changes = changes;
    this.#isTracing = isTracing;
    this.#syncMs = scene.syncMs;
    this.#random = new Prng(scene.seed ^ 0x5eed);
    this.oracle = new Oracle(this.truth, () => this.time.now, !scene.losesReports);
    this.venue = new VenueSide(this.time, {
      seed: scene.seed,
      fix: {
        ...{ amend: scene.amend ? 'uat' : 'off', lateTrades: scene.lateTrades, realAvgPx: true },
        queueReports: !scene.losesReports,
      },
      dictionary: dictionaries().venue,
      onEntry: this.truth.note,
      onCutOff: () => undefined,
      replaysNothing: scene.losesReports,
    });
    this.link = new SimLink({
      ...{ time: this.time, random: this.#random.fork(), venue: this.venue.process },
      accept: (socket) => {
        this.venue.accept(socket);
      },
    });
    this.link.onVenueWrite = (bytes) => {
      this.#onVenueWrite(bytes);
    };
    this.#process = new ProcessTime(this.time);
    this.disk = this.#diskFor(this.#process);
  }

  note(text: string): void {
    if (this.#isTracing) this.trace.push(`${this.time.now.toFixed(1).padStart(9)} ${text}`);
  }

  async run(untilMs: number): Promise<void> {
    await this.time.runUntil(untilMs, async () => {
      await settle();
      this.oracle.check(this.life);
    });
  }

  async boot(): Promise<void> {
    this.counts.lives += 1;
    const process = this.#process;
    const life = await EngineLife.boot({
      ...{ config: configOf(this.scene), dictionaries: dictionaries(), process, disk: this.disk },
      ...{ random: this.#random.fork(), changes: this.#changes },
      open: () =>
        this.link.open(process, (bytes) => {
          this.#onEngineWrite(bytes);
        }),
      loggedSeq: this.executions.lastSeq,
      onFacts: (facts) => {
        this.executions.append(facts);
      },
      onDecided: (input, facts, state) => {
        this.oracle.onDecided(input, facts, state);
        this.#noteFacts(input, facts);
      },
      onHalt: (cause) => {
        this.counts.halts += 1;
        this.note(`HALT ${cause.message}`);
        this.time.set(RESTART_AFTER_HALT_MS, () => {
          if (this.#process === process)
            this.kill({ kept: 0, isGarbled: false, isTold: true, downMs: 200 });
        });
      },
      onNotice: (text) => {
        this.counts.notices += 1;
        this.note(`engine: ${text}`);
      },
    });
    if (typeof life === 'string') {
      this.oracle.breach(`F30 the engine does not start: ${life}`);
      return;
    }
    if (process.isDead) return;
    this.life = life;
    this.oracle.onBooted(life);
  }

  apply(step: Step): void {
    this.note(`STEP ${JSON.stringify(step)}`);
    const input = step.kind === 'again' ? this.#again(step.id) : inputOf(step);
    if (input !== undefined) {
      this.submit(step, input);
      return;
    }
    this.#fault(step);
  }

  submit(step: Step, input: InputBody): void {
    if (this.life === undefined || this.life.loop.halted || !this.life.loop.hasRoom) return;
    if ('id' in step && !this.asked.has(step.id)) this.asked.set(step.id, input);
    this.life.loop.submit(input);
  }

  kill(
    how: Pick<Extract<Step, { kind: 'kill' }>, 'kept' | 'isGarbled' | 'isTold' | 'downMs'>,
  ): void {
    // A process that is not up yet cannot be killed.
    if (this.life === undefined) return;
    this.#process.isDead = true;
    this.life = undefined;
    this.link.abandon(how.isTold);
    this.executions.crash(this.#random.below(257));
    this.#process = new ProcessTime(this.time, this.#skewMs);
    this.faults.writeFailures = 0;
    this.faults.syncFailures = 0;
    const next = this.#process;
    const kept = (unsynced: number): number => Math.floor((unsynced * how.kept) / 256);
    this.disk = this.disk.afterCrash(kept, how.isGarbled, (afterMs, fire) =>
      next.set(afterMs, fire),
    );
    this.time.set(how.downMs, () => {
      void this.boot();
    });
  }

  /** The faults end: the network is whole, clocks are right, and a dead engine is started. */
  heal(): void {
    this.note('HEAL');
    this.link.heal();
    this.#syncMs = this.scene.syncMs;
    this.faults.writeFailures = 0;
    this.faults.syncFailures = 0;
    this.setSkew(0);
  }

  setSkew(skewMs: number): void {
    this.#skewMs = skewMs;
    this.#process.skewMs = skewMs;
  }

  #again(id: string): InputBody | undefined {
    const placed = this.scene.steps.find((step) => step.kind === 'place' && step.id === id);
    return placed?.kind === 'place' ? placing(placed, true) : undefined;
  }

  #fault(step: Step): void {
    switch (step.kind) {
      case 'crowd':
        this.venue.trade(step.symbol, step.side, step.lots);
        break;
      case 'venueCancel':
        this.venue.cancelAll(step.symbol);
        break;
      case 'cut':
        this.link.cut(step);
        break;
      case 'mute':
        this.link.mute(step.line);
        break;
      case 'slow':
        this.link.slow(step.line, step.delayMs);
        this.time.set(step.forMs, () => {
          this.link.slow(step.line, 0);
        });
        break;
      case 'kill':
        this.kill(step);
        break;
      case 'disk':
        if (step.fails === 'write') this.faults.writeFailures = 1;
        else this.faults.syncFailures = 1;
        break;
      case 'slowDisk':
        this.#syncMs = step.syncMs;
        this.time.set(step.forMs, () => {
          this.#syncMs = this.scene.syncMs;
        });
        break;
      case 'clock':
        this.setSkew(this.#skewMs + step.byMs);
        break;
      case 'stall':
        this.#stall(step);
        break;
      case 'rollback':
        this.#rollBack(step.by);
        break;
      case 'repeat':
        this.#repeat(step);
        break;
      case 'reset':
        this.venue.session.reset();
        break;
      default:
        break;
    }
  }

  #stall({ who, forMs }: Extract<Step, { kind: 'stall' }>): void {
    const process = who === 'engine' ? this.#process : this.venue.process;
    process.stalledUntil = Math.max(process.stalledUntil, this.time.now + forMs);
  }

  /** Another instance of the gateway takes over, which has not heard of the last messages. */
  #rollBack(by: number): void {
    this.link.cut({
      ...{ kind: 'cut', at: 0, losesToVenue: false, losesToEngine: true, tells: 'both' },
      downMs: 0,
    });
    this.time.set(60, () => {
      const { session } = this.venue;
      const { phase, nextTargetMsgSeqNum } = session.view();
      if (phase === 'LoggedOn') return;
      session.setNextTargetMsgSeqNum(Math.max(1, nextTargetMsgSeqNum - by));
    });
  }

  #repeat({ flag, back }: Extract<Step, { kind: 'repeat' }>): void {
    const frame = this.#said.at(-back);
    if (frame === undefined) return;
    if (flag === 'PossDup') {
      this.link.inject(asPossDup(frame));
      return;
    }
    if (this.venue.session.view().phase !== 'LoggedOn' || frame.msgType !== '8') return;
    this.venue.session.send({
      ...{ msgType: frame.msgType, fields: bodyOf(frame), header: [[97, 'Y']] },
    });
  }

  #onEngineWrite(bytes: Buffer): void {
    const { life } = this;
    for (const frame of framesIn(bytes)) {
      this.note(`-> ${short(frame)}`);
      if (life !== undefined) this.oracle.onWritten(life, frame);
    }
  }

  #onVenueWrite(bytes: Buffer): void {
    for (const frame of framesIn(bytes)) {
      this.note(`<- ${short(frame)}`);
      if (!'8j3'.includes(frame.msgType) || frame.get(43) === 'Y') continue;
      const copy = framesIn(Buffer.from(frame.bytes));
      this.#said = [...this.#said, ...copy].slice(-FRAMES_KEPT);
    }
  }

  #noteFacts(input: InputBody, facts: readonly unknown[]): void {
    if (!this.#isTracing) return;
    const types = (facts as readonly RecordedFact['fact'][]).map((fact) => JSON.stringify(fact));
    this.note(`   ${input.type}: ${types.join(' ')}`);
  }

  #diskFor(process: ProcessTime): SimDisk {
    return new SimDisk(this.faults, (afterMs, fire) => process.set(afterMs, fire));
  }
}

const HEADER: ReadonlySet<string> = new Set([
  '8',
  '9',
  '35',
  '34',
  '49',
  '52',
  '56',
  '43',
  '97',
  '122',
  '10',
]);

const bodyOf = ({ bytes }: Frame): readonly (readonly [number, string])[] =>
  bytes
    .toString('latin1')
    .split('\x01')
    .flatMap((field) => {
      const at = field.indexOf('=');
      const tag = field.slice(0, at);
      return at < 0 || HEADER.has(tag) ? [] : [[Number(tag), field.slice(at + 1)] as const];
    });

const short = ({ bytes }: Frame): string =>
  bytes
    .toString('latin1')
    .split('\x01')
    .filter((field) => !/^(8|9|10|49|52|56|553|554|5025|96)=/.test(field))
    .join('|');
