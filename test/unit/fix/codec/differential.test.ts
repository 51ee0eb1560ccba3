import { expect } from 'chai';
import fc from 'fast-check';
import { FrameEncoder } from '../../../../src/fix/codec/frame-encoder.ts';
import {
  type GroupDefinition,
  type LevelDefinition,
  type FixDictionary,
} from '../../../../src/fix/dictionary/dictionary.ts';
import { type FixField, type FixFieldMap } from '../../../../src/fix/codec/fix-message.ts';
import {
  type Jspurefix,
  type JspurefixView,
  openJspurefix,
} from '../../../../src/fix/dictionary/jspurefix.ts';
import { decodeOne, FATHOM_PATH, fathom, kraken, KRAKEN_PATH } from './support.ts';

/** One level of a generated message, and of what a parser made of it. */
interface Tree {
  readonly values: Readonly<Record<number, string>>;
  readonly groups: Readonly<Record<number, readonly Tree[]>>;
}

const RUNS = Number(process.env['FATHOM_DIFFERENTIAL_RUNS'] ?? 400);
const NEVER = new Set([8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 122]);

/** Values without SOH; jspurefix reads no byte above 0x7f as we do. */
const text = fc.string({
  minLength: 1,
  maxLength: 12,
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
});

/**
 * A level with some of its fields. A group's entries start with its delimiter; no tag occurs on two
 * levels of one message, since there jspurefix's look-up by tag answers with the first of them.
 */
const treeOf = (
  dictionary: FixDictionary,
  level: LevelDefinition,
  options: { readonly depth: number; readonly taken: ReadonlySet<number>; readonly first?: number },
): fc.Arbitrary<Tree> => {
  const { depth, taken, first } = options;
  const plain = [...level.fields.keys()].filter(
    (tag) =>
      !level.groups.has(tag) && !NEVER.has(tag) && !taken.has(tag) && isPlain(dictionary, tag),
  );
  const reserved = new Set([...taken, ...plain]);
  const groups = [...level.groups.values()].filter((group) => depth < 3 && isFree(group, reserved));
  return fc
    .tuple(
      fc.subarray(plain, { maxLength: Math.min(12, plain.length) }),
      fc.subarray(groups, { maxLength: Math.min(2, groups.length) }),
    )
    .chain(([some, someGroups]) => {
      const tags = first === undefined ? some : [first, ...some.filter((tag) => tag !== first)];
      const disjoint = someGroups.filter((group, index) =>
        someGroups.slice(0, index).every((other) => areDisjoint(group, other)),
      );
      return fc.record({
        values: fc
          .tuple(...tags.map(() => text))
          .map((values) =>
            Object.fromEntries(tags.map((tag, index) => [tag, values[index] ?? ''])),
          ),
        groups: fc
          .tuple(
            ...disjoint.map((group) =>
              fc.array(
                treeOf(dictionary, group, {
                  depth: depth + 1,
                  taken: reserved,
                  first: group.delimiter,
                }),
                { minLength: 1, maxLength: 3 },
              ),
            ),
          )
          .map((lists) =>
            Object.fromEntries(
              disjoint.map((group, index) => [group.countTag, lists[index] ?? []]),
            ),
          ),
      });
    });
};

const isPlain = (dictionary: FixDictionary, tag: number): boolean =>
  !dictionary.isData(tag) && dictionary.dataTagOf(tag) === undefined;

const tagsOf = (group: GroupDefinition): number[] => [
  ...group.fields.keys(),
  ...[...group.groups.values()].flatMap(tagsOf),
];
const isFree = (group: GroupDefinition, taken: ReadonlySet<number>): boolean =>
  [group.countTag, ...tagsOf(group)].every((tag) => !taken.has(tag));
const areDisjoint = (a: GroupDefinition, b: GroupDefinition): boolean => {
  const tags = new Set(tagsOf(a));
  return tagsOf(b).every((tag) => !tags.has(tag));
};

/** Fields in the dictionary's order, each group behind its count. */
const toFields = (tree: Tree, level: LevelDefinition): FixField[] =>
  [...level.fields.keys()].flatMap((tag): FixField[] => {
    const entries = tree.groups[tag];
    const group = level.groups.get(tag);
    if (entries !== undefined && group !== undefined) {
      return [[tag, String(entries.length)], ...entries.flatMap((entry) => toFields(entry, group))];
    }
    const value = tree.values[tag];
    return value === undefined ? [] : [[tag, value]];
  });

const readOurs = (message: FixFieldMap, tree: Tree): Tree => ({
  values: mapValues(tree.values, (tag) => message.get(tag) ?? '<absent>'),
  groups: mapValues(tree.groups, (tag, entries) => {
    const found = message.groups(tag);
    expect(found.length, `entries of ${tag}`).to.equal(entries.length);
    return entries.map((entry, index) => readOurs(found[index]!, entry));
  }),
});

const readTheirs = (dictionary: FixDictionary, view: JspurefixView, tree: Tree): Tree => ({
  values: mapValues(tree.values, (tag) => view.getString(tag) ?? '<absent>'),
  groups: mapValues(tree.groups, (tag, entries) => {
    const group = findView(view, dictionary.fields.get(tag)?.name ?? '');
    return entries.map((entry, index) => {
      const instance = group?.getGroupInstance(index);
      return instance ? readTheirs(dictionary, instance, entry) : { values: {}, groups: {} };
    });
  }),
});

/** jspurefix files a group under the component it belongs to. */
const findView = (view: JspurefixView, name: string): JspurefixView | null =>
  view.getView(name) ??
  COMPONENTS.map((component) => view.getView(component)?.getView(name)).find(
    (found) => found !== undefined && found !== null,
  ) ??
  null;
const COMPONENTS = [
  'Parties',
  'PtysSubGrp',
  'PreAllocGrp',
  'TrdgSesGrp',
  'MiscFeesGrp',
  'MDReqGrp',
  'InstrmtMDReqGrp',
  'NestedParties',
  'NstdPtysSubGrp',
];

const mapValues = <V, R>(
  record: Readonly<Record<number, V>>,
  map: (tag: number, value: V) => R,
): Record<number, R> =>
  Object.fromEntries(
    Object.entries(record).map(([tag, value]) => [Number(tag), map(Number(tag), value)]),
  );

describe('decoder against jspurefix’s parser', () => {
  const dialects = [
    {
      name: 'Kraken Derivatives',
      path: KRAKEN_PATH,
      dictionary: kraken,
      msgTypes: [...kraken.messages.keys()],
    },
    {
      name: 'our clients',
      path: FATHOM_PATH,
      dictionary: fathom,
      msgTypes: ['D', '8', 'V', 'F', '0', 'A', 'q', '9'],
    },
  ];
  for (const { name, path, dictionary, msgTypes } of dialects) {
    it(`reads any message of ${name} as jspurefix does, groups within groups included`, async () => {
      const oracle: Jspurefix = await openJspurefix(path);
      const encoder = new FrameEncoder();
      const message = fc.constantFrom(...msgTypes).chain((msgType) => {
        const definition = dictionary.messages.get(msgType)!;
        return treeOf(dictionary, definition, { depth: 0, taken: NEVER }).map((tree) => ({
          definition,
          tree,
        }));
      });
      let groups = 0;
      fc.assert(
        fc.property(message, ({ definition, tree }) => {
          const encoded = encoder.encode(
            {
              beginString: 'FIX.4.4',
              msgType: definition.msgType,
              msgSeqNum: 7,
              senderCompID: 'A',
              targetCompID: 'B',
              sendingTime: '20261122-12:00:00.000',
            },
            toFields(tree, definition),
          );
          if (!encoded.ok) throw new Error(`${encoded.error.type} ${encoded.error.tag}`);
          groups += Object.keys(tree.groups).length;
          const ours = readOurs(decodeOne(encoded.value, dictionary), tree);
          let theirs: Tree | undefined;
          const isRead = oracle.read(encoded.value, (view) => {
            theirs = readTheirs(dictionary, view, tree);
          });
          expect(isRead).to.equal(true);
          expect(ours).to.deep.equal(tree);
          expect(theirs).to.deep.equal(tree);
        }),
        { numRuns: RUNS },
      );
      expect(groups).to.be.greaterThan(RUNS / 20);
    });
  }
});
