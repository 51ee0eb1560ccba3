import { FrameDecoder } from '../src/fix/codec/frame-decoder.ts';
import { FrameEncoder } from '../src/fix/codec/frame-encoder.ts';
import { validateMessage } from '../src/fix/validation/validate.ts';
import { type FixField, type FixMessage } from '../src/fix/codec/fix-message.ts';
import {
  type JspurefixView,
  loadDictionary,
  openJspurefix,
} from '../src/fix/dictionary/jspurefix.ts';
import { epochMs, toUtcTimestamp } from '../src/lib/time.ts';
import { type Case, measure, type Measured } from './measure.ts';

const DICTIONARY = 'fix-dictionaries/KRAKEN-DRV-FIX44.xml';

/** An ExecutionReport of 30 fields and 332 bytes: a fill as Kraken reports it, the fee aside. */
const REPORT_BODY =
  '35=8|34=5|49=KRAKEN-DRV-TRD|56=CLIENT-DRV|52=20260407-14:32:05|6=84000|' +
  '11=a17d4971-f00d-4f67-94d1-e7d604104ed2|14=0.001|17=EXEC0001|18=s|31=84000|32=0.001|' +
  '37=9e58120f-40e0-44dc-beec-6d1b5ea9136c|38=0.001|39=2|40=2|44=84000|54=1|55=PF_XBTUSD|59=1|' +
  '60=20260407-14:32:05|118=84|150=F|151=0|381=84|1003=T-1|5050=1|';
/** What an engine reads of a report: three ids, three codes, four amounts. */
const READ_TAGS = [11, 37, 17, 39, 150, 54, 31, 32, 14, 151];

const frameOf = (body: string): Buffer => {
  const bytes = body.replaceAll('|', '\x01');
  const framed = `8=FIX.4.4\x019=${bytes.length}\x01${bytes}`;
  const sum = Buffer.from(framed, 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  return Buffer.from(`${framed}10=${String(sum).padStart(3, '0')}\x01`, 'latin1');
};

const ORDER: readonly FixField[] = [
  [11, 'a17d4971-f00d-4f67-94d1-e7d604104ed2'],
  [55, 'PF_XBTUSD'],
  [54, '1'],
  [40, '2'],
  [44, '84000'],
  [38, '0.001'],
  [59, '1'],
  [18, 's'],
];

/** Reads the ten fields; the number keeps the work from being optimised away. */
const readTen = (message: FixMessage): number => {
  let length = 0;
  for (const tag of READ_TAGS) length += message.get(tag)?.length ?? 0;
  return length;
};

const readTenOfView = (view: JspurefixView): number => {
  let length = 0;
  for (const tag of READ_TAGS) length += view.getString(tag)?.length ?? 0;
  return length;
};

const splitIntoMap = (frame: Buffer): Map<number, string> => {
  const fields = new Map<number, string>();
  for (const field of frame.toString('latin1').split('\x01')) {
    const equals = field.indexOf('=');
    if (equals > 0) fields.set(Number(field.slice(0, equals)), field.slice(equals + 1));
  }
  return fields;
};

interface CodecBench {
  readonly decode: readonly Measured[];
  readonly encode: readonly Measured[];
}

/** Decoding and encoding beside jspurefix and the naive way, interleaved; medians. */
export const benchCodec = async (rounds: number): Promise<CodecBench> => {
  const loaded = loadDictionary(DICTIONARY);
  if (!loaded.ok) throw new Error(loaded.error);
  const dictionary = loaded.value;
  const jspurefix = await openJspurefix(DICTIONARY);
  const frame = frameOf(REPORT_BODY);
  const decoder = new FrameDecoder(dictionary);
  const decodeFrame = (): FixMessage => {
    decoder.push(frame);
    const decoded = decoder.next();
    if (decoded?.type !== 'Message') throw new Error('the report is sound');
    return decoded.message;
  };
  let sink = 0;
  const read = (use: (view: JspurefixView) => number): void => {
    jspurefix.read(frame, (view) => {
      sink += use(view);
    });
  };
  const decode: readonly Case[] = [
    {
      name: 'Fathom, 9 and 10 verified',
      run: () => {
        sink += decodeFrame().msgType.length;
      },
    },
    {
      name: 'Fathom + 10 fields read',
      run: () => {
        sink += readTen(decodeFrame());
      },
    },
    {
      name: 'Fathom + 10 fields + dictionary validation',
      run: () => {
        const message = decodeFrame();
        if (validateMessage(dictionary, message) !== undefined) throw new Error('invalid');
        sink += readTen(message);
      },
    },
    { name: 'split(SOH) into a Map, 10 fields', run: () => void (sink += splitRead(frame)) },
    {
      name: 'jspurefix MsgView + 10 fields, 9 and 10 unchecked',
      run: () => {
        read(readTenOfView);
      },
    },
    {
      name: 'jspurefix as its session does, checks on',
      run: () => {
        read(readAsSession);
      },
    },
  ];
  const measured = {
    decode: measure(decode, rounds),
    encode: measure(encodeCases(jspurefix), rounds),
  };
  if (sink === 0) throw new Error('nothing was read');
  return measured;
};

/** A function of its own, so that each way of reading is compiled for its own kind of object. */
const splitRead = (frame: Buffer): number => {
  const fields = splitIntoMap(frame);
  let length = 0;
  for (const tag of READ_TAGS) length += fields.get(tag)?.length ?? 0;
  return length;
};

/** CheckSum, unknown and missing tags, CompIDs, then the ten fields: what its session looks at. */
const readAsSession = (view: JspurefixView): number => {
  if (Number(view.getString(10)) !== view.checksum()) throw new Error('checksum');
  if (view.invalid().length + view.missing().length > 0) throw new Error('invalid');
  return (
    readTenOfView(view) + (view.getString(49) ?? '').length + (view.getString(56) ?? '').length
  );
};

const encodeCases = (jspurefix: Awaited<ReturnType<typeof openJspurefix>>): readonly Case[] => {
  const encoder = new FrameEncoder();
  let msgSeqNum = 0;
  const now = (): string => toUtcTimestamp(epochMs(1_775_572_325_000 + msgSeqNum));
  const fathom = (): void => {
    msgSeqNum++;
    const sendingTime = now();
    const header = {
      beginString: 'FIX.4.4',
      msgType: 'D',
      msgSeqNum,
      senderCompID: 'CLIENT-DRV',
      targetCompID: 'KRAKEN-DRV-TRD',
      sendingTime,
    };
    if (!encoder.encode(header, [...ORDER, [60, sendingTime]]).ok) throw new Error('encode');
  };
  const template = (): void => {
    msgSeqNum++;
    const time = now();
    const fields = ORDER.map(([tag, value]) => `${tag}=${value.toString('latin1')}\x01`).join('');
    const body = `35=D\x0134=${msgSeqNum}\x0149=CLIENT-DRV\x0156=KRAKEN-DRV-TRD\x0152=${time}\x01${fields}60=${time}\x01`;
    const bytes = Buffer.from(`8=FIX.4.4\x019=${body.length}\x01${body}`, 'latin1');
    let sum = 0;
    for (const byte of bytes) sum += byte;
    Buffer.concat([bytes, Buffer.from(`10=${String(sum % 256).padStart(3, '0')}\x01`, 'latin1')]);
  };
  const theirs = (): void => {
    msgSeqNum++;
    jspurefix.write('D', {
      ClOrdID: 'a17d4971-f00d-4f67-94d1-e7d604104ed2',
      Symbol: 'PF_XBTUSD',
      Side: '1',
      OrdType: '2',
      Price: '84000',
      OrderQty: '0.001',
      TimeInForce: '1',
      ExecInst: 's',
      TransactTime: new Date(1_775_572_325_000 + msgSeqNum),
    });
  };
  return [
    { name: 'Fathom', run: fathom },
    { name: 'template string + checksum loop', run: template },
    { name: 'jspurefix', run: theirs },
  ];
};
