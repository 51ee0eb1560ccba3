import { type ExchangeCommand } from '../../exchange/model/commands.ts';
import { type ExchangeEvent } from '../../exchange/model/events.ts';

/** A command without its request id, which the exchange client assigns. */
type WithoutId<T> = T extends unknown ? Omit<T, 'requestId'> : never;
export type ClientCommand = WithoutId<Exclude<ExchangeCommand, { readonly type: 'Tick' }>>;
export type OrderInstruction = WithoutId<
  Extract<ExchangeCommand, { readonly type: 'PlaceOrder' | 'EditOrder' | 'CancelOrder' }>
>;

const WAITING_MAX = 10_000;

interface Waiting {
  readonly events: ExchangeEvent[];
  readonly done: (events: readonly ExchangeEvent[]) => void;
}

/**
 * Sends commands to the exchange and collects the events of each request up to its
 * RequestCompleted, which comes late when maker protection holds the order [rest 10].
 */
export class ExchangeClient {
  readonly #submit: (command: ExchangeCommand) => void;
  readonly #prefix: string;
  readonly #waiting = new Map<string, Waiting>();
  #asked = 0;

  constructor(submit: (command: ExchangeCommand) => void, prefix: string) {
    this.#submit = submit;
    this.#prefix = prefix;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** `undefined` when too many requests wait already. */
  ask(command: ClientCommand): Promise<readonly ExchangeEvent[]> | undefined {
    const waiting = this.#expect();
    if (waiting === undefined) return undefined;
    this.#submit({ ...command, requestId: waiting.requestId });
    return waiting.answer;
  }

  /** One answer per instruction, in their order. */
  askBatch(
    account: string,
    instructions: readonly OrderInstruction[],
  ): Promise<readonly (readonly ExchangeEvent[])[]> | undefined {
    if (this.#waiting.size + instructions.length > WAITING_MAX) return undefined;
    const answers: Promise<readonly ExchangeEvent[]>[] = [];
    const named = instructions.flatMap((instruction) => {
      const waiting = this.#expect();
      if (waiting === undefined) return [];
      answers.push(waiting.answer);
      return [{ ...instruction, requestId: waiting.requestId }];
    });
    this.#submit({ type: 'BatchOrders', account, instructions: named });
    return Promise.all(answers);
  }

  onEvent(event: ExchangeEvent): void {
    if (event.requestId === undefined) return;
    const waiting = this.#waiting.get(event.requestId);
    if (waiting === undefined) return;
    if (event.type !== 'RequestCompleted') {
      waiting.events.push(event);
      return;
    }
    this.#waiting.delete(event.requestId);
    waiting.done(waiting.events);
  }

  #expect():
    { readonly requestId: string; readonly answer: Promise<readonly ExchangeEvent[]> } | undefined {
    if (this.#waiting.size >= WAITING_MAX) return undefined;
    this.#asked += 1;
    const requestId = `${this.#prefix}-${this.#asked}`;
    const answer = new Promise<readonly ExchangeEvent[]>((done) => {
      this.#waiting.set(requestId, { events: [], done });
    });
    return { requestId, answer };
  }
}
