import {
  FixDictionary,
  type FieldDefinition,
  type GroupDefinition,
  type LevelDefinition,
  type MessageDefinition,
} from './dictionary.ts';

/** The parts of jspurefix's definitions that are read; its own classes have them and much more. */
interface SourceField {
  readonly name: string;
  readonly required: boolean;
  /** One of the three, by the kind of the field. */
  readonly definition: SourceSimple | SourceSet;
}
export interface SourceSimple {
  readonly tag: number;
  readonly name: string;
  readonly type: string;
  readonly enums?: ReadonlyMap<string, { readonly val: string }> | undefined;
}
export interface SourceSet {
  readonly name: string;
  readonly fields: readonly SourceField[];
  /** Present on groups only. */
  readonly noOfField?: SourceSimple | null;
}
export interface SourceMessage extends SourceSet {
  readonly msgType: string;
  readonly category: string;
}
export interface SourceDefinitions {
  readonly beginString: string;
  readonly simple: Iterable<SourceSimple>;
  readonly messages: Iterable<SourceMessage>;
  readonly header: SourceSet | undefined;
  readonly trailer: SourceSet | undefined;
}

const HEADER = 'StandardHeader';
const TRAILER = 'StandardTrailer';

/**
 * Compiles jspurefix's definitions into our tables. Components disappear: their fields join the
 * level they stand on.
 */
export const compileDictionary = (source: SourceDefinitions): FixDictionary =>
  new FixDictionary({
    beginString: source.beginString,
    fields: [...source.simple].map(toField),
    header: toLevel(source.header),
    trailer: toLevel(source.trailer),
    messages: [...source.messages].map(toMessage),
  });

const toField = (simple: SourceSimple): FieldDefinition => ({
  tag: simple.tag,
  name: simple.name,
  type: simple.type.toUpperCase(),
  enums:
    simple.enums === undefined || simple.enums.size === 0
      ? undefined
      : new Map([...simple.enums].map(([value, { val }]) => [value, val])),
});

const toMessage = (message: SourceMessage): MessageDefinition => ({
  ...toLevel(message),
  msgType: message.msgType,
  name: message.name,
  category: message.category === 'admin' ? 'admin' : 'app',
});

interface LevelDraft {
  readonly fields: Map<number, boolean>;
  readonly groups: Map<number, GroupDefinition>;
}

const toLevel = (set: SourceSet | undefined): LevelDefinition => {
  const draft: LevelDraft = { fields: new Map(), groups: new Map() };
  if (set !== undefined) addFields(draft, set, true);
  const required = [...draft.fields].filter(([, isRequired]) => isRequired).map(([tag]) => tag);
  return { ...draft, required };
};

/** A field of an optional component is optional, even when the component requires it. */
const addFields = (draft: LevelDraft, set: SourceSet, isSetRequired: boolean): void => {
  for (const { name, required, definition } of set.fields) {
    const isRequired = required && isSetRequired;
    if ('tag' in definition) {
      draft.fields.set(definition.tag, isRequired || (draft.fields.get(definition.tag) ?? false));
    } else if (definition.noOfField !== undefined && definition.noOfField !== null) {
      const group = toGroup(definition.noOfField.tag, definition);
      draft.fields.set(group.countTag, isRequired);
      draft.groups.set(group.countTag, group);
    } else if (name !== HEADER && name !== TRAILER) {
      addFields(draft, definition, isRequired);
    }
  }
};

const toGroup = (countTag: number, set: SourceSet): GroupDefinition => {
  const level = toLevel(set);
  const tags = [...level.fields.keys()];
  return {
    ...level,
    countTag,
    delimiter: tags[0] ?? 0,
    position: new Map(tags.map((tag, index) => [tag, index])),
  };
};
