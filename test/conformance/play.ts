import {
  type DialogueLine,
  frameOf,
  mismatch,
  parseDialogue,
  rawOf,
  readable,
  splitFrames,
  type WireField,
  withTimes,
} from './dialogue.ts';
import { type Peer, type Stage } from './stage.ts';

interface Talk {
  readonly peer: Peer;
  /** Frames of ours that the script has dealt with. */
  seen: number;
  /** MsgSeqNum(34) of the peer's next message. */
  next: number;
}

/** The settings that a dialogue begins with. */
export const settingsOf = (source: string): ReadonlyMap<string, string> =>
  new Map(
    parseDialogue(source).flatMap(({ step }) =>
      step.type === 'set' ? [[step.key, step.value] as const] : [],
    ),
  );

/** Plays a dialogue; rejects with the line that failed and every frame so far. */
export const play = async (source: string, stage: Stage): Promise<void> => {
  const talks = new Map<number, Talk>();
  const numbers = { next: 1, told: 0 };
  for (const line of parseDialogue(source)) {
    const problem = await perform(line, stage, talks, numbers);
    if (problem === undefined) continue;
    const said = [...talks].map(([id, { peer }]) => {
      const { frames } = splitFrames(peer.received());
      return [`connection ${id}, from us:`, ...frames.map((frame) => `  ${readable(frame)}`)].join(
        '\n',
      );
    });
    throw new Error(
      [
        `line ${line.number}: ${line.text}`,
        problem,
        ...said,
        'told:',
        ...stage.told.map((text) => `  ${text}`),
      ].join('\n'),
    );
  }
};

const perform = async (
  line: DialogueLine,
  stage: Stage,
  talks: Map<number, Talk>,
  numbers: { next: number; told: number },
): Promise<string | undefined> => {
  const { step } = line;
  switch (step.type) {
    case 'set':
      return undefined;
    case 'connect':
      talks.set(line.connection, { peer: await stage.connect(), seen: 0, next: 1 });
      await stage.settle();
      return undefined;
    case 'wait':
      await stage.wait(step.ms);
      return undefined;
    case 'told': {
      if (stage.isReal) return undefined;
      const at = stage.told.findIndex(
        (text, index) => index >= numbers.told && text.startsWith(step.what),
      );
      if (at < 0) return 'the application was not told';
      numbers.told = at + 1;
      return undefined;
    }
    case 'not-told':
      return stage.told.some((text) => text.startsWith(step.what))
        ? 'the application was told'
        : undefined;
    default: {
      const talk = talks.get(line.connection);
      if (talk === undefined) return 'there is no connection';
      return converse(line, stage, talk, numbers);
    }
  }
};

const converse = async (
  { step }: DialogueLine,
  stage: Stage,
  talk: Talk,
  numbers: { next: number },
): Promise<string | undefined> => {
  switch (step.type) {
    case 'send': {
      const now = stage.now();
      const fields = step.fields.map(([tag, value]) => [tag, withTimes(value, now)] as const);
      const given = new Map(fields).get('34');
      if (given !== undefined && /^\d+$/.test(given)) numbers.next = Number(given);
      const frame = frameOf(fields, {
        beginString: stage.beginString,
        sender: stage.peerCompID,
        target: stage.ownCompID,
        msgSeqNum: numbers.next,
        sendingTime: withTimes('<now>', now),
      });
      numbers.next++;
      talk.peer.send(frame);
      await stage.settle();
      return undefined;
    }
    case 'send-raw':
      talk.peer.send(rawOf(withTimes(step.text, stage.now())));
      await stage.settle();
      return undefined;
    case 'expect': {
      const frame = await nextFrame(stage, talk);
      if (frame === undefined) return 'we have not sent it';
      talk.seen++;
      return mismatch(stage.isReal ? withoutDates(step.fields) : step.fields, frame);
    }
    case 'expect-nothing': {
      await stage.settle();
      const frame = splitFrames(talk.peer.received()).frames[talk.seen];
      return frame === undefined ? undefined : `we have sent ${readable(frame)}`;
    }
    case 'expect-close': {
      const frame = await nextFrame(stage, talk, () => talk.peer.isClosed());
      if (frame !== undefined) return `we have sent ${readable(frame)}`;
      return talk.peer.isClosed() ? undefined : 'we have not closed the connection';
    }
    case 'drop':
      talk.peer.drop();
      await stage.settle();
      return undefined;
    default:
      return 'not a line of a conversation';
  }
};

/** Of 20 ms: a minute, on a machine that has other things to do. */
const PATIENCE_TURNS = 3_000;

/**
 * Our next frame; on a real connection it may take its time, unless `isOver` says that none will
 * come.
 */
const nextFrame = async (
  stage: Stage,
  talk: Talk,
  isOver: () => boolean = () => false,
): Promise<string | undefined> => {
  for (let turn = 0; turn < (stage.isReal ? PATIENCE_TURNS : 1); turn++) {
    await stage.settle();
    const frame = splitFrames(talk.peer.received()).frames[talk.seen];
    if (frame !== undefined || isOver()) return frame;
  }
  return undefined;
};

/** The virtual clock's times mean nothing on a real one. */
const withoutDates = (fields: readonly WireField[]): readonly WireField[] =>
  fields.map(([tag, value]) => [tag, /^2026\d{4}-/.test(value) ? '*' : value]);
