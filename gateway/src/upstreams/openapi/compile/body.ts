/** The body of an operation as arguments: its properties side by side, or one argument. */
import { stringsOf } from '../../api/schema/json.ts';
import { chooseContent, type ChosenContent } from './body-choice.ts';
import { cleanText } from '../../api/words/clean-text.ts';
import { bodyPointer, type ArgumentDraft } from './draft.ts';
import { fileArgument } from '../../api/files/file-schema.ts';
import { keptSchema } from './kept-schema.ts';
import { MAX_ARGUMENT_TEXT } from './parameter.ts';
import { readParts, type PartDraft } from './parts.ts';
import { fileKind } from './raw-schema.ts';
import { constantOf, described, hasType, propertiesOf, resolved } from './schema-session.ts';
import type { SchemaSession } from '../schema/index.ts';
import { readXml } from './xml-nodes.ts';
import { isJsonObject, type Json, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { BodyView, Resolver } from '../document.ts';
import type { BodyPlan } from '../encode/plan-data.ts';

/** More properties than this are given as one object. */
const MAX_FLAT = 24;

export interface BodyDraft {
  readonly arguments: readonly ArgumentDraft[];
  /** Schema of all arguments where the body is the object of arguments itself; they keep their names. */
  readonly root?: JsonObject;
  /** Whether `root` is already as tools are listed. */
  readonly isKept?: boolean;
  /** @param names of the arguments, in the same order */
  build(names: readonly string[]): BodyPlan;
}

/**
 * @param isArguments whether a body of JSON is the object of arguments itself
 * @returns undefined where no body is sent
 */
export function readBody(
  resolver: Resolver,
  body: BodyView | undefined,
  session: SchemaSession,
  isArguments: boolean,
): BodyDraft | undefined {
  const chosen = body === undefined ? undefined : chooseContent(resolver, body);
  if (body === undefined || chosen === undefined) return undefined;
  const whole = isArguments ? argumentsBody(resolver, body, chosen, session) : undefined;
  if (whole !== undefined) return whole;
  if (chosen.isFile) return fileBody(body, chosen);
  if (chosen.codec === 'text' || chosen.codec === 'binary') return textBody(body, chosen);
  const isFile = fileKind(resolver, chosen.content.schema, '') === 'one';
  if (chosen.codec === 'multipart' && isFile) return fileForm(body, chosen);
  return structured(resolver, body, chosen, session);
}

function plan(body: BodyView, chosen: ChosenContent, over: Partial<BodyPlan>): BodyPlan {
  const { codec, mediaType, isFile } = chosen;
  const { isRequired } = body;
  const rest = { argument: '', isArguments: false, parts: [], constants: {}, xml: [] };
  return { codec, mediaType, isFile, isRequired, ...rest, ...over };
}

function whole(body: BodyView, role: ArgumentDraft['role'], schema: JsonObject): ArgumentDraft {
  return { wire: '', title: 'body', location: 'body', isRequired: body.isRequired, role, schema };
}

function fileBody(body: BodyView, chosen: ChosenContent): BodyDraft {
  const schema = fileArgument(cleanText(body.description, MAX_ARGUMENT_TEXT));
  return {
    arguments: [whole(body, 'file', schema)],
    build: (names) => plan(body, chosen, { argument: names[0] ?? '' }),
  };
}

/** A form that is described as one file and not by its fields: the file is its one field. */
function fileForm(body: BodyView, chosen: ChosenContent): BodyDraft {
  const schema = fileArgument(cleanText(body.description, MAX_ARGUMENT_TEXT));
  const part = { ...plainPart('file'), isFile: true };
  const draft: ArgumentDraft = {
    ...whole(body, 'file', schema),
    wire: bodyPointer(part.name),
    title: part.name,
    location: 'body_property',
  };
  return {
    arguments: [draft],
    build: (names) => plan(body, chosen, { parts: [{ ...part, argument: names[0] ?? '' }] }),
  };
}

function textBody(body: BodyView, chosen: ChosenContent): BodyDraft {
  const said = cleanText(body.description, MAX_ARGUMENT_TEXT);
  const text = said === '' ? `The body, ${chosen.mediaType}.` : said;
  return {
    arguments: [whole(body, 'value', { type: 'string', description: text })],
    build: (names) => plan(body, chosen, { argument: names[0] ?? '' }),
  };
}

function structured(
  resolver: Resolver,
  body: BodyView,
  chosen: ChosenContent,
  session: SchemaSession,
): BodyDraft {
  const content = chosen.content;
  const added = schemaOf(chosen, session);
  const schema = resolved(added, session);
  const isParted = chosen.codec === 'form' || chosen.codec === 'multipart';
  const parts = isParted ? readParts(resolver, content, schema, session) : [];
  const xml = chosen.codec === 'xml' ? readXml(resolver, content.schema) : [];
  if (chosen.codec === 'xml' && xml.length === 0) return textBody(body, chosen);
  const files = parts.filter((part) => part.data.isFile);
  const isFlat = isFlattened(schema, files.length);
  const values = isFlat ? flat(body, schema, session, files) : rest(body, added, schema, files);
  const constants = isFlat && body.isRequired ? constantsOf(schema, session) : {};
  const drafts = [...values, ...files.map((part) => fileArgumentOf(part, body, schema))];
  return {
    arguments: drafts,
    build: (names) => {
      const byPointer = new Map(drafts.map((draft, at) => [draft.wire, names[at] ?? '']));
      const known = new Set(parts.map((part) => part.data.name));
      const more = Object.keys(isFlat ? propertiesOf(schema) : {}).filter(
        (name) => !known.has(name),
      );
      const all = [...parts.map((part) => part.data), ...more.map(plainPart)];
      return plan(body, chosen, {
        argument: byPointer.get('') ?? '',
        parts: all.map((part) => ({
          ...part,
          argument: byPointer.get(bodyPointer(part.name)) ?? '',
        })),
        constants,
        xml,
      });
    },
  };
}

/** Every member an argument, in whatever number; the schema stays as it is, open where it is open. */
function argumentsBody(
  resolver: Resolver,
  body: BodyView,
  chosen: ChosenContent,
  session: SchemaSession,
): BodyDraft | undefined {
  const kept = keptSchema(resolver, chosen.content.schema);
  const root = kept ?? resolved(schemaOf(chosen, session), session);
  if (chosen.codec !== 'json' || !hasType(root, 'object')) return undefined;
  const required = stringsOf(ownMember(root, 'required'));
  const drafts = Object.entries(propertiesOf(root)).map(([name, value]): ArgumentDraft => {
    const schema = isJsonObject(value) ? value : {};
    const isRequired = required.includes(name);
    const wire = bodyPointer(name);
    return { wire, title: name, location: 'body_property', isRequired, role: 'value', schema };
  });
  const isKept = kept !== undefined;
  return {
    arguments: drafts,
    root,
    isKept,
    build: () => plan(body, chosen, { isArguments: true }),
  };
}

/** A stream of values is given as a list of them. */
function schemaOf(chosen: ChosenContent, session: SchemaSession): JsonObject {
  const { schema, itemSchema } = chosen.content;
  if (schema === undefined && itemSchema !== undefined) {
    return { type: 'array', items: session.add(itemSchema) };
  }
  const added = schema === undefined ? {} : session.add(schema);
  const isLines = chosen.codec === 'json-lines' && !hasType(resolved(added, session), 'array');
  return isLines ? { type: 'array', items: added } : added;
}

/** An object that is closed, has no composition and few properties. */
function isFlattened(schema: JsonObject, files: number): boolean {
  if (!hasType(schema, 'object')) return false;
  const count = Object.keys(propertiesOf(schema)).length;
  if (count === 0 || count - files > MAX_FLAT) return false;
  const open = ownMember(schema, 'additionalProperties');
  if (open !== undefined && open !== false) return false;
  const bars = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'patternProperties', 'propertyNames'];
  return !bars.some((keyword) => Object.hasOwn(schema, keyword));
}

function constantsOf(schema: JsonObject, session: SchemaSession): JsonObject {
  const found: [string, Json][] = [];
  for (const name of stringsOf(ownMember(schema, 'required'))) {
    const value = constantOf(resolved(ownMember(propertiesOf(schema), name), session));
    if (value !== undefined) found.push([name, value]);
  }
  return Object.fromEntries(found);
}

function flat(
  body: BodyView,
  schema: JsonObject,
  session: SchemaSession,
  files: readonly PartDraft[],
): ArgumentDraft[] {
  const required = new Set(stringsOf(ownMember(schema, 'required')));
  const constants = body.isRequired ? constantsOf(schema, session) : {};
  const drafts: ArgumentDraft[] = [];
  for (const [name, value] of Object.entries(propertiesOf(schema))) {
    if (Object.hasOwn(constants, name) || files.some((part) => part.data.name === name)) continue;
    const property = typeof value === 'object' && value !== null ? asSchema(value) : {};
    const inner = ownMember(resolved(property, session), 'description');
    const said = cleanText(typeof inner === 'string' ? inner : '', MAX_ARGUMENT_TEXT);
    const isNeeded = required.has(name) && !body.isRequired;
    const text = isNeeded
      ? `${said}${said === '' ? '' : ' '}(Needed where any of the body is given.)`
      : said;
    drafts.push({
      wire: bodyPointer(name),
      title: name,
      location: 'body_property',
      isRequired: body.isRequired && required.has(name),
      role: 'value',
      schema: described(property, text),
    });
  }
  return drafts;
}

function asSchema(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value));
}

/** One argument for everything that is no file; none where nothing else is known. */
function rest(
  body: BodyView,
  added: JsonObject,
  schema: JsonObject,
  files: readonly PartDraft[],
): ArgumentDraft[] {
  const said = cleanText(body.description, MAX_ARGUMENT_TEXT);
  if (files.length === 0) return [whole(body, 'value', described(added, said))];
  const names = new Set(files.map((part) => part.data.name));
  const properties = Object.entries(propertiesOf(schema)).filter(([name]) => !names.has(name));
  if (properties.length === 0) return [];
  const required = stringsOf(ownMember(schema, 'required')).filter((name) => !names.has(name));
  const without: JsonObject = { ...schema, properties: Object.fromEntries(properties), required };
  return [whole({ ...body, isRequired: required.length > 0 }, 'value', described(without, said))];
}

function fileArgumentOf(part: PartDraft, body: BodyView, schema: JsonObject): ArgumentDraft {
  const required = stringsOf(ownMember(schema, 'required'));
  return {
    wire: bodyPointer(part.data.name),
    title: part.data.name,
    location: 'body_property',
    isRequired: body.isRequired && required.includes(part.data.name),
    role: 'file',
    schema: fileArgument(cleanText(part.description, MAX_ARGUMENT_TEXT)),
  };
}

function plainPart(name: string): PartDraft['data'] {
  return {
    name,
    isFile: false,
    style: null,
    explode: false,
    allowReserved: false,
    deepArrays: 'repeat',
    contentType: '',
    headers: [],
  };
}
