import { expect } from 'chai';
import { type CancelRoom } from '../../src/core/decide/mass-cancel/continue-mass-cancel.ts';
import { type Effect } from '../../src/core/effect.ts';
import { type InputBody, type MassCancelQuestion } from '../../src/core/input.ts';
import { type ClientName, type ClientOrderID, type ClOrdID } from '../../src/domain/ids.ts';
import { epochMs } from '../../src/lib/time.ts';
import { type Bench, CLIENT, place, plain, replayed } from './bench.ts';
import { live, type Step } from './given.ts';

const OTHER = 'fix:DESK2' as ClientName;

export const question = (
  id: string,
  more: Partial<MassCancelQuestion> = {},
): MassCancelQuestion => ({
  clientOrderID: id as ClientOrderID,
  massCancelRequestType: '7',
  possResend: false,
  ...more,
});

export const ofAll = { type: 'CancelAll', by: 'operator:ann' as ClientName } as const;
export const ofClient = { type: 'CancelAll', by: CLIENT, client: CLIENT } as const;
export const asked = (id: string, more: Partial<MassCancelQuestion> = {}): InputBody => ({
  ...ofClient,
  question: question(id, more),
});

export const lives = (count: number): Step[] =>
  Array.from({ length: count }, (_, n) => live(`A${n + 1}`));
export const otherClients: Step = (bench) => bench.input(place('Z', {}, { client: OTHER }));
export const lookAgain: Step = { type: 'TimerFired', name: 'mass-cancel:M1' };
export const later =
  (ms: number): Step =>
  (bench) => {
    bench.at = epochMs(bench.at + ms);
  };

export const cancelled = (bench: Bench): readonly ClOrdID[] =>
  bench.effectsOfType('SendCancel').map(({ origClOrdID }) => origClOrdID);
export const replies = (bench: Bench): readonly Extract<Effect, { type: 'ReportMassCancel' }>[] =>
  bench.effectsOfType('ReportMassCancel');
export const expectSameAfterReplay = (bench: Bench): void => {
  expect(plain(replayed(bench.journal, bench.manager))).to.deep.equal(plain(bench.state));
};

export const reconnect: Step = (bench) => {
  bench.cut();
  bench.logOn();
  bench.synchronize();
};

/** Room for so many cancels at each look. */
export const roomFor = (cancels: number): { cancelRoom: () => CancelRoom } => ({
  cancelRoom: () => ({ cancels, cancelAfterMs: 700, massCancelAfterMs: 900 }),
});
