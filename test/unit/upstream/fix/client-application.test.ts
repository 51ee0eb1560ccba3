import { expect } from 'chai';
import { emptyState } from '../../../../src/core/state.ts';
import { type ClientName } from '../../../../src/domain/ids.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type FixMessage, type OutboundMessage } from '../../../../src/fix/codec/fix-message.ts';
import { type LoggedOut } from '../../../../src/fix/session/model/session-types.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { makeClientApplication } from '../../../../src/upstream/fix/client-application.ts';

const POLICY = {
  replace: 'refuse',
  dayOrders: 'refuse',
  staleOrders: { ageMsMax: 30_000, clockToleranceMs: 10_000, transactTime: 'always' },
} as const;

const POSITIONS = { positions: () => [], shows: 'own' } as const;
const STATUS = {
  books: emptyState,
  isArchived: (_client: ClientName, id: string) => id === 'ARCHIVED-1',
  route: 'FIX',
  later: () => undefined,
};

/** What a client's application reports when a connection ends so. */
const downsOf = (cause: LoggedOut['cause']): readonly string[] => {
  const downs: string[] = [];
  const application = makeClientApplication({
    client: 'fix:client-1' as ClientName,
    policy: POLICY,
    submit: () => undefined,
    orderRefusal: () => undefined,
    send: () => true,
    status: STATUS,
    positions: POSITIONS,
    onUp: () => undefined,
    onDown: (info) => downs.push(info.cause),
    onNotice: () => undefined,
  });
  application.onLoggedOut({ at: epochMs(0), epoch: 1, cause, text: '' });
  return downs;
};

const textOf = ({ fields }: OutboundMessage): string =>
  fields.find(([tag]) => tag === 58)?.[1].toString() ?? '';

/** What becomes of a message of a client. */
const told = (msgType: string, fields: readonly (readonly [number, string])[]) => {
  const taken: InputBody[] = [];
  const answers: string[] = [];
  const application = makeClientApplication({
    client: 'fix:client-1' as ClientName,
    policy: POLICY,
    submit: (body) => taken.push(body),
    orderRefusal: () => undefined,
    send: (message) => answers.push(textOf(message)) > 0,
    status: STATUS,
    positions: POSITIONS,
    onUp: () => undefined,
    onDown: () => undefined,
    onNotice: () => undefined,
  });
  const values = new Map(fields);
  const message = {
    msgType,
    get: (tag: number) => values.get(tag),
    entries: () => [...fields],
    groups: () => [],
  } as unknown as FixMessage;
  application.onMessage(message, {
    ...{ at: epochMs(0), epoch: 1, msgSeqNum: 2, possDup: false, possResend: false },
  });
  return { taken, answers };
};

describe('a client’s FIX session', () => {
  it('keeps its orders when another peer’s Logon under its name is refused', () => {
    expect(downsOf('LogonRefused')).to.deep.equal([]);
    expect(downsOf('LogonTimedOut')).to.deep.equal([]);
  });

  it('takes OrderQty(38) and Price(44) that end with their point, as FIX 4.4 allows', () => {
    const { taken } = told('D', [
      ...([
        [11, 'A'],
        [55, 'PF_XBTUSD'],
        [54, '1'],
        [38, '5.'],
        [40, '2'],
      ] as const),
      ...([
        [44, '100.'],
        [59, '1'],
      ] as const),
    ]);
    const [body] = taken;
    expect(body?.type === 'PlaceOrder' ? body.request.terms : body).to.deep.include({
      orderQty: '5',
      price: '100',
    });
  });

  it('refuses an id with a control or invisible character, and names it', () => {
    const values = ['A\x1b[2K', 'A\x00', 'A\x7f', 'A\x9b1A', 'A\xad', 'A'.repeat(129)];
    for (const value of values) {
      const { taken, answers } = told('D', [[11, value]]);
      expect(taken, value).to.deep.equal([]);
      expect(answers[0], value).to.match(/^UNREADABLE_TEXT: tag 11 (holds|is longer)/);
      expect(answers[0]).to.match(/^[\x20-\x7e]*$/);
    }
    expect(told('F', [[41, 'A\x1b']]).answers[0]).to.include('tag 41 holds');
    expect(told('D', [[1, 'A\x1b']]).answers[0]).to.include('tag 1 holds');
    expect(told('D', [[58, 'A\x1b']]).answers[0]).to.include('tag 58 holds');
    // An en dash in UTF-8.
    expect(told('D', [[58, 'A \xe2\x80\x93 B']]).taken).to.have.length(1);
  });

  it('takes an id in UTF-8, unless it hides a character there', () => {
    const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
    for (const value of ['Zürich', 'fund €', '東京', 'A–B', '🙂'])
      expect(told('D', [[1, bytesOf(value)]]).taken, value).to.have.length(1);
    expect(told('D', [[1, 'Z\xfcrich']]).taken, 'Latin-1').to.have.length(1);
    for (const hidden of ['A\u202eB', 'A\u009b2J', 'A\u200b', '\ufeffA'])
      expect(told('D', [[1, bytesOf(hidden)]]).answers[0], hidden).to.match(
        /^UNREADABLE_TEXT: tag 1 holds the (?:control|invisible) character U\+/,
      );
  });

  it('says of a cancel with PossResend(97)=Y that it may have been answered before', () => {
    const fields = [
      [11, 'B'],
      [41, 'A'],
    ] as const;
    expect(told('F', fields).taken[0]).to.not.have.nested.property('request.possResend');
    expect(told('F', [...fields, [97, 'Y']]).taken[0]).to.have.nested.property(
      'request.possResend',
      true,
    );
  });

  it('says why the status of an order that left memory is unknown', () => {
    const of = (id: string): string | undefined =>
      told('H', [
        [11, id],
        [55, 'PF_XBTUSD'],
        [54, '1'],
      ]).answers[0];
    expect(of('ARCHIVED-1')).to.match(/^ORDER_ARCHIVED: the order was closed long ago/);
    expect(of('NEVER')).to.match(/^UNKNOWN_ORDER/);
  });

  it('is down when its connection is lost', () =>
    expect(downsOf('Disconnected')).to.deep.equal(['Disconnected']));
});
