import { type PositionView } from '../../core/positions/position-view.ts';
import { ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type ClientName } from '../../domain/ids.ts';
import {
  type FixField,
  type FixMessage,
  type OutboundMessage,
} from '../../fix/codec/fix-message.ts';
import { type EpochMs } from '../../lib/time.ts';
import { toLatin1 } from '../../lib/plain-text.ts';
import { present, REASON_CODE_TAG } from './client-reports.ts';
import { refusedFields } from './fields/check-fields.ts';

export interface PositionDeps {
  readonly client: ClientName;
  /** Of the account, or of each client; see PositionView. */
  readonly positions: (of: 'account' | 'client') => readonly PositionView[];
  /** What this client may see: what its own orders made, or the whole account. */
  readonly shows: 'own' | 'account';
  /** False when the session takes no message: nothing more is told. */
  readonly send: (message: OutboundMessage) => boolean;
}

/** PosReqResult(728), FIX 4.4. */
const RESULT = { valid: '0', unsupported: '1', none: '2', other: '99' } as const;
/** PosReqStatus(729), FIX 4.4. */
const STATUS = { completed: '0', withWarnings: '1', rejected: '2' } as const;
/** SettlPriceType(731): the mark price, by which the venue values positions. */
const THEORETICAL = '2';
/** PosType(703): everything that was traded, net. */
const TRANSACTION_QUANTITY = 'TQ';

interface Outcome {
  readonly result: string;
  readonly status: string;
  readonly total: number;
  readonly code?: string;
  readonly text?: string;
}

/**
 * Answers RequestForPositions(AN): one RequestForPositionsAck(AO), then one PositionReport(AP) for
 * each account and instrument. A position that is not known whole says so in Text(58) and by
 * PosReqResult(728)=99; a price that is not known is left out. Nothing reaches the venue.
 */
export class PositionAnswers {
  readonly #deps: PositionDeps;
  #made = 0;

  constructor(deps: PositionDeps) {
    this.#deps = deps;
  }

  answer(message: FixMessage, at: EpochMs): void {
    const problem = problemOf(message);
    if (problem !== undefined) {
      this.#acknowledge(message, at, problem);
      return;
    }
    const found = this.#find(message);
    if (found.length === 0) {
      const code = 'NO_POSITIONS';
      const text = `${code}: no position is in the scope of the request`;
      const none = { result: RESULT.none, status: STATUS.completed, total: 0, code, text };
      this.#acknowledge(message, at, none);
      return;
    }
    const isWhole = found.every((one) => gapsOf(one).length === 0);
    const status = isWhole ? STATUS.completed : STATUS.withWarnings;
    this.#acknowledge(message, at, { result: RESULT.valid, status, total: found.length });
    for (const one of found) {
      if (!this.#deps.send(this.#report(message, at, one, found.length))) return;
    }
  }

  /** Unique in all runs: the time, and a number within it. */
  #newID(at: EpochMs): string {
    this.#made += 1;
    return `P${at.toString(36).toUpperCase()}-${this.#made}`;
  }

  #acknowledge(message: FixMessage, at: EpochMs, outcome: Outcome): void {
    const { result, status, total, code, text } = outcome;
    this.#deps.send({
      msgType: 'AO',
      fields: present([
        [721, this.#newID(at)],
        [710, message.get(710)],
        [727, String(total)],
        [325, 'N'],
        [728, result],
        [729, status],
        [1, message.get(1)],
        [581, message.get(581)],
        [55, message.get(55)],
        [58, text === undefined ? undefined : toLatin1(text)],
        [REASON_CODE_TAG, code],
      ]),
    });
  }

  #report(message: FixMessage, at: EpochMs, one: PositionView, total: number): OutboundMessage {
    const gaps = gapsOf(one);
    const text = gaps.length === 0 ? undefined : `INCOMPLETE: ${gaps.join('; ')}`;
    const isQtyKnown = one.incomplete.every(({ field }) => field !== 'qty');
    return {
      msgType: 'AP',
      fields: [
        ...present([
          [721, this.#newID(at)],
          [710, message.get(710)],
          [724, '0'],
          [727, String(total)],
          [325, 'N'],
          [728, isQtyKnown ? RESULT.valid : RESULT.other],
          [715, message.get(715)],
          [1, accountOf(one)],
          [581, message.get(581)],
          [55, one.symbol],
          [730, one.markPx],
          [731, one.markPx === undefined ? undefined : THEORETICAL],
        ]),
        ...quantityGroup(one),
        ...present([
          [58, text === undefined ? undefined : toLatin1(text)],
          [REASON_CODE_TAG, text === undefined ? undefined : 'INCOMPLETE'],
        ]),
      ],
    };
  }

  #find(message: FixMessage): readonly PositionView[] {
    const { positions, shows, client } = this.#deps;
    const all =
      shows === 'account'
        ? positions('account')
        : positions('client').filter((one) => one.client === client);
    const symbol = message.get(55);
    const account = message.get(1);
    return all.filter(
      (one) =>
        (symbol === undefined || one.symbol === symbol) &&
        (account === undefined || accountOf(one) === account),
    );
  }
}

/**
 * Account(1) of a report: that of the client's own orders, else the name of its session; of the
 * whole account the venue session's name.
 */
const accountOf = ({ account, client, clientAccount }: PositionView): string =>
  account ?? clientAccount ?? (client ?? '').replace(/^fix:/, '');

/** Long or short, exact; 0 on both sides when it is flat. */
const quantityGroup = ({ qty }: PositionView): readonly FixField[] => {
  const isShort = qty.startsWith('-');
  return [
    [702, '1'],
    [703, TRANSACTION_QUANTITY],
    [704, isShort ? '0' : qty],
    [705, isShort ? qty.slice(1) : '0'],
  ];
};

/** What the client must know of a report that lacks something. */
const gapsOf = ({ incomplete, markPx, qty }: PositionView): readonly string[] => [
  ...incomplete.filter(({ field }) => field === 'qty').map(({ reason }) => `quantity: ${reason}`),
  ...(markPx !== undefined || qty === ZERO_TEXT ? [] : ['SettlPrice(730): no mark price']),
];

const problemOf = (message: FixMessage): Outcome | undefined => {
  const type = message.get(724) ?? '';
  if (type !== '0') {
    const detail = `PosReqType(724)=${type} is not available; 0 is`;
    return rejected('UNSUPPORTED_POSITION_REQUEST', detail);
  }
  const narrowing = refusedFields(message);
  return narrowing === undefined ? undefined : rejected('UNSUPPORTED_SCOPE', narrowing.text);
};

const rejected = (code: string, detail: string): Outcome => ({
  ...{ result: RESULT.unsupported, status: STATUS.rejected, total: 0, code },
  text: `${code}: ${detail}`,
});
