import { StartError, startWithVenue, type StartedEngine } from '../../app/start-engine.ts';
import { systemClock, systemRandom, systemTimers } from '../../app/system-clock.ts';
import { dictionaryPath, loadDictionary } from '../../fix/dictionary/jspurefix.ts';
import { makeMemoryStore } from '../../fix/runtime/memory-store.ts';
import { makeInitiator } from '../../fix/runtime/initiator-session.ts';
import { type FixSession } from '../../fix/session/model/session-types.ts';
import { decimal, decimalToText } from '../../lib/decimal.ts';
import { invariant } from '../../lib/invariant.ts';
import { type CliIo, EXIT } from '../shared/cli-io.ts';
import { type FlowInstrument, stepOf } from './flow.ts';
import { RoutingClient } from './routing-client.ts';
import { PAGE, renderLine, renderScreen, type ScreenState, totalsLine } from './screen.ts';
import { canRedraw, drawScreen, hasColor, screenSize } from '../shared/terminal.ts';
import { untilSignal } from '../shared/until-signal.ts';

const STEP_MS = 350;
const DRAW_MS = 500;
const LINE_MS = 2_000;
const QUIET_TIMEOUT_MS = 5_000;

export interface Options {
  readonly config: string;
  readonly for?: number;
  readonly plainOutput?: boolean;
}

/** Trades until a signal ends it. Returns the exit code. */
export const demo = async (options: Options, io: CliIo): Promise<number> => {
  let started: StartedEngine;
  try {
    started = await startWithVenue({
      config: options.config,
      env: { FATHOM_LOGGING__FORMAT: 'off', ...io.env },
    });
  } catch (cause) {
    if (!(cause instanceof StartError)) throw cause;
    for (const line of cause.message.split('\n')) io.err(line);
    return cause.code === 'FATHOM_CONFIG_INVALID' ? EXIT.badConfiguration : EXIT.failed;
  }
  return new Demo(started, options, io).run();
};

class Demo {
  readonly #started: StartedEngine;
  readonly #options: Options;
  readonly #io: CliIo;
  readonly #client = new RoutingClient(systemClock);
  readonly #session: FixSession;
  readonly #instruments: readonly FlowInstrument[];
  readonly #startedAt = systemClock.monotonic();
  #steps = 0;

  constructor(started: StartedEngine, options: Options, io: CliIo) {
    this.#started = started;
    this.#options = options;
    this.#io = io;
    this.#session = connectClient(started, this.#client);
    this.#instruments = flowInstruments(started);
  }

  async run(): Promise<number> {
    const stepping = setInterval(() => {
      this.#step();
    }, STEP_MS);
    const stopDrawing = this.#startDrawing();
    await untilSignal(this.#options.for, this.#io.readerGone);
    clearInterval(stepping);
    await this.#finish();
    stopDrawing();
    const { engine, config } = this.#started;
    const inDoubt = engine.inDoubt;
    await this.#session.stop('demo over');
    await engine.stop();
    if (this.#isScreen) this.#draw(inDoubt);
    else for (const line of renderScreen(this.#state(inDoubt), PAGE)) this.#io.out(line);
    this.#io.out(`logs: ${config.engine.dataDir}`);
    this.#io.out(`demo: ${totalsLine(this.#client.blotter, inDoubt)}`);
    return inDoubt === 0 ? EXIT.ok : EXIT.failed;
  }

  get #isScreen(): boolean {
    return canRedraw(process.stdout, this.#io.env) && this.#options.plainOutput !== true;
  }

  #draw(inDoubt: number): void {
    const look = {
      ...screenSize(process.stdout),
      isColored: hasColor(process.stdout, this.#io.env),
    };
    drawScreen(process.stdout, renderScreen(this.#state(inDoubt), look));
  }

  /** Returns what ends it. A screen follows the size of its window at once. */
  #startDrawing(): () => void {
    if (!this.#isScreen) {
      this.#io.out(`logs: ${this.#started.config.engine.dataDir}`);
      const lines = setInterval(() => {
        this.#io.out(renderLine(this.#state(this.#started.engine.inDoubt)));
      }, LINE_MS);
      return () => {
        clearInterval(lines);
      };
    }
    const draw = (): void => {
      this.#draw(this.#started.engine.inDoubt);
    };
    process.stdout.write('\x1b[2J');
    const drawing = setInterval(draw, DRAW_MS);
    process.stdout.on('resize', draw);
    return () => {
      clearInterval(drawing);
      process.stdout.off('resize', draw);
    };
  }

  #step(): void {
    const { engine } = this.#started;
    if (!this.#client.isLoggedOn || !engine.isOpen) return;
    const instrument = this.#instruments[Math.floor(this.#steps / 2) % this.#instruments.length];
    if (instrument === undefined) return;
    const book = engine.book(instrument.symbol);
    const touch = { bid: book?.best('Bid')?.price, ask: book?.best('Offer')?.price };
    const step = stepOf(this.#steps, instrument, touch);
    if (step === undefined) return;
    this.#steps += 1;
    this.#client.perform(step);
  }

  /** Every order to its end: nothing undecided, nothing open. */
  async #finish(): Promise<void> {
    const { blotter } = this.#client;
    const deadline = systemClock.monotonic() + QUIET_TIMEOUT_MS;
    while (systemClock.monotonic() < deadline) {
      this.#client.cancelAll();
      if (blotter.open().length === 0 && blotter.undecided().length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #state(inDoubt: number): ScreenState {
    const { engine, venue } = this.#started;
    const views = engine.sessions().map((view) => ({ ...view, label: view.id }));
    const venueViews = venue?.simulator.acceptor.sessions().map((s) => s.view()) ?? [];
    return {
      title: `Fathom demo on ${venue === undefined ? 'the configured venue' : 'the embedded simulator'}`,
      sessions: [
        ...views,
        ...venueViews.map((view) => ({ ...view, label: `venue: ${view.id}` })),
        { ...this.#session.view(), label: 'routing client' },
      ],
      blotter: this.#client.blotter,
      inDoubt,
      elapsedSeconds: Math.floor((systemClock.monotonic() - this.#startedAt) / 1_000),
      totalSeconds: this.#options.for === undefined ? undefined : this.#options.for / 1_000,
    };
  }
}

/** The first client session of the configuration, from the other side. */
const connectClient = ({ engine, config }: StartedEngine, client: RoutingClient): FixSession => {
  const clientSession = config.sessions.find((session) => session.role === 'client');
  invariant(clientSession !== undefined, 'the demo configuration has a client session');
  const dictionary = loadDictionary(dictionaryPath('FATHOM-FIX44.xml'));
  invariant(dictionary.ok, 'the dictionary that ships with Fathom can be read');
  const session = makeInitiator({
    settings: {
      id: 'routing-client',
      role: 'initiator',
      beginString: 'FIX.4.4',
      senderCompID: clientSession.targetCompID,
      targetCompID: clientSession.senderCompID,
    },
    application: client.application,
    store: makeMemoryStore({ createdAt: systemClock.wall() }),
    dictionary: dictionary.value,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    connection: {
      hosts: [
        { host: clientSession.listen.host, port: engine.clientPorts.get(clientSession.name) ?? 0 },
      ],
      connectTimeoutMs: 5_000,
    },
  });
  client.attach(session);
  session.start();
  return session;
};

const USUAL_QTY_STEPS = '100';

const times = (amount: string, by: string): string =>
  decimalToText(decimal(amount).times(decimal(by)));

const flowInstruments = ({ config }: StartedEngine): readonly FlowInstrument[] =>
  config.instruments
    .filter(({ contractType }) => contractType === 'linear')
    .map(({ symbol, tickSize, qtyMin }) => {
      const { orderQtyMax } = config.risk.symbols.get(symbol) ?? {};
      return {
        symbol,
        tickSize,
        qtyMin,
        orderQty: times(qtyMin, USUAL_QTY_STEPS),
        tooMuch: times(orderQtyMax ?? config.risk.orderQtyMax, '2'),
      };
    });
