import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
// `import type`, or the import would stay in the output and load the whole package.
import type { ElasticBuffer, IJsFixConfig, ISessionDescription, MsgTransmitter } from 'jspurefix';
import { err, ok, type Result } from '../../lib/result.ts';
import { type FixDictionary } from './dictionary.ts';
import {
  compileDictionary,
  type SourceMessage,
  type SourceSet,
  type SourceSimple,
} from './dictionary-compile.ts';

// The only file that imports jspurefix. The whole package costs 1.2 s and 140 MB at start (mathjs,
// express, axios), so the dictionary modules are taken by deep path, and the one heavy thing they
// reach for, ElasticBuffer (mathjs, tsyringe), is left out: they use it for toString() only.
// Measured: 70 ms instead of 1,010 ms, 37 modules instead of 1,130.

const require = createRequire(import.meta.url);

interface Definitions {
  readonly simple: ReadonlyMap<string, SourceSimple>;
  readonly message: ReadonlyMap<string, SourceMessage>;
  readonly component: ReadonlyMap<string, SourceSet>;
}

interface GraphParser {
  readonly QuickFixGraphParser: { readonly parse: (xml: string) => Definitions };
}

/** Why a dictionary file could not be used: the file, then what is wrong with it. */
export type DictionaryError = string;

/**
 * Reads a QuickFIX XML dictionary and compiles it to our tables. Synchronous: it runs once, at
 * start.
 */
export const loadDictionary = (path: string): Result<FixDictionary, DictionaryError> =>
  readDictionary(path, (xml) => xml);

/** Path of one of our dictionaries: the folder is beside `src` and `dist` alike. */
export const dictionaryPath = (file: 'KRAKEN-DRV-FIX44.xml' | 'FATHOM-FIX44.xml'): string =>
  fileURLToPath(new URL(`../../../fix-dictionaries/${file}`, import.meta.url));

/** The dictionaries that jspurefix ships: stock FIX 4.2 and 4.4 as QuickFIX has them. */
export const stockDictionaryPath = (version: 'FIX.4.2' | 'FIX.4.4'): string =>
  join(packageRoot(), 'data', version === 'FIX.4.2' ? 'FIX42.xml' : 'FIX44.xml');

/**
 * A stock dictionary, with Symbol(55) required in Instrument again: FIX 4.4 vol. 1 has it so, the
 * copy in jspurefix does not.
 */
export const loadStockDictionary = (
  version: 'FIX.4.2' | 'FIX.4.4',
): Result<FixDictionary, DictionaryError> =>
  readDictionary(stockDictionaryPath(version), (xml) =>
    xml.replace(/(<component name='Instrument'>\s*<field name='Symbol' required=)'N'/, "$1'Y'"),
  );

const readDictionary = (
  path: string,
  amend: (xml: string) => string,
): Result<FixDictionary, DictionaryError> => {
  try {
    return ok(parseDictionary(amend(readFileSync(path, 'utf8'))));
  } catch (error) {
    return err(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const parseDictionary = (xml: string): FixDictionary => {
  const { QuickFixGraphParser } = loadGraphParser();
  const definitions = QuickFixGraphParser.parse(xml);
  return compileDictionary({
    beginString: beginStringOf(xml),
    // jspurefix files each field under its name and its number, and each message under its name and
    // its MsgType.
    simple: new Set(definitions.simple.values()),
    messages: new Set(definitions.message.values()),
    header: definitions.component.get('StandardHeader'),
    trailer: definitions.component.get('StandardTrailer'),
  });
};

/** BeginString(8) by the root element: `<fix type="FIX" major="4" minor="4">`. */
const beginStringOf = (xml: string): string => {
  const root = /<fix\b[^>]*>/.exec(xml)?.[0] ?? '';
  const attribute = (name: string): string | undefined =>
    new RegExp(`\\b${name}=["']([^"']*)["']`).exec(root)?.[1];
  const type = attribute('type') ?? 'FIX';
  return `${type}.${attribute('major') ?? '0'}.${attribute('minor') ?? '0'}`;
};

const packageRoot = (): string => dirname(require.resolve('jspurefix/package.json'));

let graphParser: GraphParser | undefined;

const loadGraphParser = (): GraphParser => {
  graphParser ??= withoutElasticBuffer(
    () =>
      require('jspurefix/dist/dictionary/parser/quickfix/quick-fix-graph-parser.js') as GraphParser,
  );
  return graphParser;
};

/**
 * Loads with an empty ElasticBuffer in its place; a later load (encoder, parser) gets the real one.
 */
const withoutElasticBuffer = <T>(load: () => T): T => {
  const path = require.resolve('jspurefix/dist/buffer/elastic-buffer.js');
  if (require.cache[path] !== undefined) return load();
  const substitute = {
    id: path,
    filename: path,
    loaded: true,
    exports: { ElasticBuffer: Object },
  } as unknown as NodeJS.Module;
  require.cache[path] = substitute;
  try {
    return load();
  } finally {
    Reflect.deleteProperty(require.cache, path);
  }
};

/** One level of a message as jspurefix reads it. */
export interface JspurefixView {
  readonly getString: (tag: number) => string | null;
  /** A component or a group, by its name. */
  readonly getView: (name: string) => JspurefixView | null;
  readonly groupCount: () => number;
  readonly getGroupInstance: (index: number) => JspurefixView | null;
  readonly checksum: () => number;
  /** Tags that the dictionary does not have for the message. */
  readonly invalid: () => readonly number[];
  /** Required tags that are missing. */
  readonly missing: () => readonly number[];
}

/** jspurefix's own parser and encoder: the oracle of tests, and the other side of the benchmark. */
export interface Jspurefix {
  /**
   * Hands the message of a whole frame to `use`: its view is valid within the call only. Neither
   * BodyLength(9) nor CheckSum(10) is looked at. False when the bytes are no message to jspurefix.
   */
  readonly read: (frame: Buffer, use: (view: JspurefixView) => void) => boolean;
  /** A frame with the given body, by names of fields; numbers and dates as jspurefix wants them. */
  readonly write: (msgType: string, body: Readonly<Record<string, unknown>>) => Buffer;
}

/** Loads the whole of jspurefix (1.2 s, 140 MB): for tests and benchmarks only. */
export const openJspurefix = async (dictionaryPath: string): Promise<Jspurefix> => {
  const globalsBefore = new Set(Object.keys(globalThis));
  await import('reflect-metadata');
  const jspurefix = await import('jspurefix');
  // An old tslib below it leaves its helpers on the global object.
  for (const name of Object.keys(globalThis)) {
    if (!globalsBefore.has(name)) Reflect.deleteProperty(globalThis, name);
  }
  const description = {
    application: {
      type: 'initiator',
      name: 'oracle',
      protocol: 'ascii',
      dictionary: resolve(dictionaryPath),
      reconnectSeconds: 10,
    },
    Name: 'oracle',
    BeginString: 'FIX.4.4',
    SenderCompId: 'CLIENT-DRV',
    TargetCompID: 'KRAKEN-DRV-TRD',
    TargetSubID: '',
    SenderSubID: '',
    Username: '',
    Password: '',
    HeartBtInt: 30,
    ResetSeqNumFlag: false,
    BodyLengthChars: 4,
  } as unknown as ISessionDescription;
  const sessions = new jspurefix.SessionContainer();
  sessions.registerGlobal(new jspurefix.EmptyLogFactory());
  const container = await sessions.makeSystem(description);
  const { DITokens } = jspurefix;
  const config = container.resolve<IJsFixConfig>(DITokens.IJsFixConfig);
  const parseBuffer = container.resolve<ElasticBuffer>(DITokens.ParseBuffer);
  const parser = new jspurefix.AsciiParser(config, null, parseBuffer);
  const transmitter = container.resolve<MsgTransmitter>(DITokens.MsgTransmitter);
  let use: ((view: JspurefixView) => void) | undefined;
  let isRead = false;
  parser.on('msg', (_msgType: string, view: JspurefixView | null) => {
    if (view === null) return;
    isRead = true;
    use?.(view);
  });
  return {
    read: (frame, useView) => {
      use = useView;
      isRead = false;
      parser.parseBuffer(frame);
      return isRead;
    },
    write: (msgType, body) => {
      const encoder = transmitter.encoder as unknown as { reset: () => void; trim: () => Buffer };
      encoder.reset();
      transmitter.encodeMessage(msgType, body);
      return encoder.trim();
    },
  };
};
