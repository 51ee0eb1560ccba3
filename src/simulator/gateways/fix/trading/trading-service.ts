import { type FixMessage, type OutboundMessage } from '../../../../fix/codec/fix-message.ts';
import {
  type FixSession,
  type SessionApplication,
} from '../../../../fix/session/model/session-types.ts';
import { type Result } from '../../../../lib/result.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type ExchangeCommand, type OrderCommand } from '../../../exchange/model/commands.ts';
import { type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type FixToggles } from '../../../settings/fix-toggles.ts';
import { RecentCount, SessionMemory, type ClientSession } from './client-session.ts';
import {
  parseAmend,
  type FormatRefusal,
  parseCancel,
  parseMassCancel,
  parseNewOrder,
} from './trading-requests.ts';
import { TradingReporter } from './trading-reporter.ts';
import {
  fixOrderOf,
  formatReject,
  rateLimitRefusal,
  ruleRefusal,
  unknownOrder,
  unsupportedMessage,
} from './trading-reports.ts';

interface TradingServiceDeps {
  readonly submit: (command: ExchangeCommand) => void;
  readonly now: () => EpochMs;
  readonly toggles: FixToggles;
  /** Ended orders, requests and fills that are remembered for each client. */
  readonly endedMax: number;
  /** Ends the connection of a CompID. */
  readonly disconnect: (compID: string) => void;
  /** ExecIDs go on from here, so that a restarted simulator repeats none. */
  readonly execIDStart: bigint;
}

type SendingSession = Pick<FixSession, 'send'>;

const REQUESTS_PERIOD_MS = 10_000;
const ERRORS_PERIOD_MS = 1_000;
const REQUESTS: readonly string[] = ['D', 'F', 'q', 'G'];

interface TradingClient {
  readonly compID: string;
  readonly account: string;
}

/**
 * The order entry side of the FIX gateway: D, F, q in; execution reports and refusals out, as
 * [fix 11] wants.
 */
export class TradingService {
  readonly #deps: TradingServiceDeps;
  readonly #clientSessionByOwner = new Map<string, ClientSession>();
  readonly #reporter: TradingReporter;

  constructor(deps: TradingServiceDeps) {
    this.#deps = deps;
    const { toggles, execIDStart } = deps;
    const { realAvgPx, lateTrades } = toggles;
    const options = { realAvgPx, lateTrades, execIDStart };
    this.#reporter = new TradingReporter(options, this.#clientSessionByOwner);
  }

  /** The application of this client's session. `attach` it to the session that was made with it. */
  clientSession(client: TradingClient): {
    readonly application: Pick<SessionApplication, 'onLoggedOn' | 'onLoggedOut' | 'onMessage'>;
    readonly attach: (session: SendingSession) => void;
  } {
    const owner = `fix:${client.compID}`;
    const clientSession: ClientSession = {
      who: { account: client.account, owner },
      session: undefined,
      cancelsOnDisconnect: true,
      memory: new SessionMemory(this.#deps.endedMax),
      requests: new RecentCount(REQUESTS_PERIOD_MS),
      errors: new RecentCount(ERRORS_PERIOD_MS),
    };
    this.#clientSessionByOwner.set(owner, clientSession);
    return {
      attach: (session) => {
        clientSession.session = {
          send: (message) => this.#send(clientSession, client, { message, session }),
        };
      },
      application: {
        onLoggedOn: ({ logon }) => {
          // The flag is inverted: cancel-on-disconnect is on unless 8674=1 [fix 1.10].
          clientSession.cancelsOnDisconnect = logon.get(8674) !== '1';
        },
        onLoggedOut: ({ cause, isComplaint = false }) => {
          // It never logged on, so it has no orders to cancel.
          if (cause === 'LogonRefused' || cause === 'LogonTimedOut') return;
          // By the documentation a completed Logout does not cancel orders; every other loss does.
          // A client that broke a rule has not completed one.
          const { cancelOnLogout } = this.#deps.toggles;
          const isOurLogout = cause === 'LogoutByUs' && !isComplaint;
          if (isOurLogout || (cause === 'LogoutByPeer' && !cancelOnLogout)) return;
          if (clientSession.cancelsOnDisconnect)
            this.#deps.submit({ type: 'CancelOrders', ...clientSession.who });
        },
        onMessage: (message) => {
          this.#onMessage(clientSession, message);
        },
      },
    };
  }

  onEvent(event: ExchangeEvent): void {
    this.#reporter.onEvent(event);
  }

  /** Sends a message to a client and counts its errors. */
  #send(
    clientSession: ClientSession,
    { compID }: TradingClient,
    { message, session }: { readonly message: OutboundMessage; readonly session: SendingSession },
  ): ReturnType<SendingSession['send']> {
    const { rejectRefID, errorsPerSecondMax } = this.#deps.toggles;
    const { msgType, fields } = message;
    const isNameless = msgType === 'j' && rejectRefID === 'omit';
    const sent = session.send(
      isNameless ? { ...message, fields: fields.filter(([tag]) => tag !== 379) } : message,
    );
    const isError = errorsPerSecondMax > 0 && (msgType === 'j' || msgType === '3');
    // Too many errors in a second end the connection, and with it what cancel-on-disconnect covers.
    // [fix 1.8]
    if (isError && !clientSession.errors.take(this.#deps.now(), errorsPerSecondMax))
      this.#deps.disconnect(compID);
    return sent;
  }

  #onMessage(clientSession: ClientSession, message: FixMessage): void {
    const { requestsPer10sMax: max } = this.#deps.toggles;
    const isLimited = max > 0 && REQUESTS.includes(message.msgType);
    if (isLimited && !clientSession.requests.take(this.#deps.now(), max)) {
      clientSession.session?.send(rateLimitRefusal(message));
      return;
    }
    switch (message.msgType) {
      case 'D':
        this.#placeOrder(clientSession, message);
        break;
      case 'F':
        this.#cancel(
          clientSession,
          message,
          parseCancel(message, clientSession.who, this.#deps.now()),
        );
        break;
      case 'q':
        this.#cancel(
          clientSession,
          message,
          parseMassCancel(message, clientSession.who, this.#deps.now()),
        );
        break;
      case 'G':
        this.#amend(clientSession, message);
        break;
      case '3':
        break;
      default:
        clientSession.session?.send(unsupportedMessage(message));
    }
  }

  #placeOrder(clientSession: ClientSession, message: FixMessage): void {
    const command = parseNewOrder(message, clientSession.who, this.#deps.now());
    if (!command.ok) {
      clientSession.session?.send(formatReject(message, command.error));
      return;
    }
    const order = fixOrderOf(message);
    if (!this.#isNew(clientSession, message)) return;
    clientSession.memory.keep(order);
    this.#deps.submit(command.value);
  }

  #cancel(
    clientSession: ClientSession,
    message: FixMessage,
    command: Result<OrderCommand, FormatRefusal>,
  ): void {
    if (!command.ok) {
      clientSession.session?.send(formatReject(message, command.error));
      return;
    }
    if (!this.#isNew(clientSession, message)) return;
    clientSession.memory.askCancel(message.get(11) ?? '');
    const { value } = command;
    const isByID = value.type === 'CancelOrder' && value.orderId !== undefined;
    this.#deps.submit(
      isByID ? { ...value, orderId: clientSession.memory.idInExchange(value.orderId) } : value,
    );
  }

  /** Off in production, on in UAT [fix 4.8]. */
  #amend(clientSession: ClientSession, message: FixMessage): void {
    if (this.#deps.toggles.amend === 'off') {
      clientSession.session?.send(unsupportedMessage(message));
      return;
    }
    const clOrdID = message.get(11) ?? '';
    const order = clientSession.memory.order(message.get(41) ?? '');
    if (order?.orderId === undefined || order.orderId !== message.get(37)) {
      clientSession.session?.send(unknownOrder(clOrdID, 'G'));
      return;
    }
    const target = {
      order,
      account: clientSession.who.account,
      orderId: clientSession.memory.idInExchange(order.orderId),
    };
    const command = parseAmend(message, target, this.#deps.now());
    if (!command.ok) {
      clientSession.session?.send(formatReject(message, command.error));
      return;
    }
    if (!this.#isNew(clientSession, message)) return;
    clientSession.memory.askAmend(clOrdID, order);
    this.#deps.submit(command.value);
  }

  /**
   * A ClOrdID(11) may be used once in a session, for requests of any type; a repeated one is
   * refused [fix 5.1].
   */
  #isNew(clientSession: ClientSession, message: FixMessage): boolean {
    const clOrdID = message.get(11) ?? '';
    if (clientSession.memory.use(clOrdID)) return true;
    clientSession.session?.send(ruleRefusal(clOrdID, 'CLIENT_ORDER_ID_IN_USE', message.msgType));
    return false;
  }
}
