import { expect } from 'chai';
import fc from 'fast-check';
import { FrameDecoder } from '../../../../src/fix/codec/frame-decoder.ts';
import { FrameEncoder } from '../../../../src/fix/codec/frame-encoder.ts';
import { msgTypeOfFrame, replayFrame } from '../../../../src/fix/session/replay-frame.ts';
import {
  replayDecision,
  replayEnd,
  replayNext,
  type ReplayCursor,
  type ReplayOutput,
} from '../../../../src/fix/session/resend.ts';
import { makeSettings, type SessionSettings } from '../../../../src/fix/session/model/settings.ts';
import { stockDictionary } from '../../../conformance/stage.ts';

const settingsWith = (change: Partial<SessionSettings>): SessionSettings =>
  makeSettings({
    id: 's',
    role: 'initiator',
    beginString: 'FIX.4.4',
    senderCompID: 'A',
    targetCompID: 'B',
    ...change,
  });

interface Stored {
  readonly msgSeqNum: number;
  readonly msgType: string;
}

const replayAll = (
  settings: SessionSettings,
  from: number,
  to: number,
  stored: readonly Stored[],
): string[] => {
  let cursor: ReplayCursor = { next: from, fillFrom: undefined };
  const all: ReplayOutput[] = [];
  for (const message of stored) {
    const bytes = Buffer.from(String(message.msgSeqNum));
    const stepped = replayNext(settings, cursor, { ...message, bytes });
    cursor = stepped.cursor;
    all.push(...stepped.outputs);
  }
  all.push(...replayEnd(cursor, to));
  return all.map((output) => {
    switch (output.type) {
      case 'GapFill':
        return `fill ${output.msgSeqNum}-${output.newSeqNo - 1}`;
      case 'Message':
        return `replay ${output.bytes.toString()}`;
      case 'NotReplayed':
        return `not ${output.msgSeqNum}`;
    }
  });
};

describe('a resend', () => {
  it('fills each run of session messages once and replays the rest', () => {
    const stored = ['A', '0', 'D', '3', '1', '0', 'D', '0'].map((msgType, index) => ({
      msgSeqNum: index + 1,
      msgType,
    }));
    expect(replayAll(settingsWith({ resendPolicy: 'full' }), 1, 8, stored)).to.deep.equal([
      'fill 1-2',
      'replay 3',
      'replay 4',
      'fill 5-6',
      'replay 7',
      'fill 8-8',
    ]);
  });

  it('fills numbers that have no message: the store has lost or never had them', () => {
    const stored = [{ msgSeqNum: 4, msgType: 'D' }];
    expect(replayAll(settingsWith({ resendPolicy: 'full' }), 2, 9, stored)).to.deep.equal([
      'fill 2-3',
      'replay 4',
      'fill 5-9',
    ]);
  });

  it('fills and reports orders where they are never replayed', () => {
    const settings = settingsWith({ resendPolicy: 'gap-fill-orders' });
    const stored = ['D', 'F', '8', 'q'].map((msgType, index) => ({
      msgSeqNum: index + 5,
      msgType,
    }));
    expect(replayAll(settings, 5, 8, stored)).to.deep.equal([
      'not 5',
      'not 6',
      'fill 5-6',
      'replay 7',
      'not 8',
      'fill 8-8',
    ]);
  });

  it('answers every number of any range exactly once, in order', () => {
    const msgTypes = fc.array(fc.constantFrom('A', '0', '3', '8', 'D', undefined), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        msgTypes,
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (types, from, isFull) => {
          const settings = settingsWith({ resendPolicy: isFull ? 'full' : 'gap-fill-orders' });
          const stored = types.flatMap((msgType, index) =>
            msgType === undefined ? [] : [{ msgSeqNum: from + index, msgType }],
          );
          const outputs = replayAll(settings, from, from + types.length - 1, stored);
          const answered = outputs
            .filter((text) => !text.startsWith('not'))
            .flatMap((text) => {
              const [first = 0, last = first] = (text.split(' ')[1] ?? '').split('-').map(Number);
              return Array.from({ length: last - first + 1 }, (_, index) => first + index);
            });
          expect(answered).to.deep.equal(types.map((_, index) => from + index));
          expect(outputs.join(' ')).not.to.match(/fill \S+ fill/);
        },
      ),
    );
  });

  it('never replays a session message but Reject', () => {
    const settings = settingsWith({ resendPolicy: 'full' });
    const decisions = ['0', '1', '2', '3', '4', '5', 'A', 'D'].map((msgType) =>
      replayDecision(settings, msgType),
    );
    expect(decisions).to.deep.equal([
      'gap-fill',
      'gap-fill',
      'gap-fill',
      'replay',
      'gap-fill',
      'gap-fill',
      'gap-fill',
      'replay',
    ]);
  });
});

describe('a replayed frame', () => {
  const dictionary = stockDictionary('FIX.4.4');

  it('is the sent one with 43, 122 and a new 52, for any values', () => {
    const value = fc.string({
      minLength: 1,
      maxLength: 30,
      unit: fc.constantFrom('5', '2', '=', 'a', ' ', '\xe9'),
    });
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 1_000_000 }), (text, msgSeqNum) => {
        const encoded = new FrameEncoder().encode(
          {
            beginString: 'FIX.4.4',
            msgType: 'B',
            msgSeqNum,
            senderCompID: 'A',
            targetCompID: 'B',
            sendingTime: '20261122-12:00:00.000',
          },
          [
            [148, text],
            [95, '8'],
            [96, Buffer.from('\x0152=\x0110=', 'latin1')],
          ],
        );
        if (!encoded.ok) throw new Error(encoded.error.type);
        const frame = replayFrame(encoded.value, '20261122-12:00:09.000');
        const decoder = new FrameDecoder(dictionary);
        decoder.push(frame);
        const decoded = decoder.next();
        if (decoded?.type !== 'Message') throw new Error('not a message');
        const { message } = decoded;
        expect(message.msgSeqNum).to.equal(msgSeqNum);
        expect(message.get(43)).to.equal('Y');
        expect(message.get(52)).to.equal('20261122-12:00:09.000');
        expect(message.get(122)).to.equal('20261122-12:00:00.000');
        expect(message.get(148)).to.equal(text);
        expect(message.bytes(96)?.toString('latin1')).to.equal('\x0152=\x0110=');
        expect(msgTypeOfFrame(frame)).to.equal('B');
      }),
    );
  });
});
