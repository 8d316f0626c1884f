/** What plans of every operation have in common: schemas as they are listed, texts, answers. */
import { getNamedType, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import { isJsonObject, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { ArgumentPlan } from '../../api/model.ts';
import { defaultProfile, relaxOutput, trimToBudget } from '../../api/schema/index.ts';
import { SchemaMemo } from '../../api/schema/memo.ts';
import { cleanText } from '../../api/words/clean-text.ts';
import { isFile } from './scalars.ts';
import type { RootKind } from '../index/field-filter.ts';
import { createFilePlaces, type FilePlaces } from './file-places.ts';
import { createInputTypes, type InputTypes, type Telling } from './input-types.ts';

/** What one tool may cost in a listing, tokens. */
const MAX_LISTED_TOKENS = 2000;
const MAX_TEXT = 1200;
const MAX_NAMES = 8;

/** One argument of a tool, as each telling has it. */
export interface ArgumentDraft {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: (types: InputTypes) => JsonObject;
}

export class PlanParts {
  readonly filePlaces: FilePlaces;
  private readonly types: Readonly<Record<Telling, InputTypes>>;
  private readonly memos: Readonly<Record<Telling, SchemaMemo>> = {
    exact: new SchemaMemo(),
    mutation: new SchemaMemo(),
    query: new SchemaMemo(),
  };

  constructor(schema: GraphQLSchema) {
    this.filePlaces = createFilePlaces(schema);
    this.types = {
      exact: createInputTypes(schema, 'exact'),
      mutation: createInputTypes(schema, 'mutation'),
      query: createInputTypes(schema, 'query'),
    };
  }

  /** The schema that arguments are checked by, and what a list says of it. */
  input(
    kind: RootKind,
    drafts: readonly ArgumentDraft[],
  ): { input: JsonObject; listed: JsonObject } {
    const input = defaultProfile(rootOf(drafts, this.types.exact), this.memos.exact);
    const short = defaultProfile(rootOf(drafts, this.types[kind]), this.memos[kind]);
    return { input, listed: trimToBudget(short, MAX_LISTED_TOKENS, this.memos[kind]) ?? short };
  }

  argument(name: string, type: GraphQLInputType, isRequired: boolean): ArgumentPlan {
    const places = isFile(type) ? [] : this.filePlaces(type);
    return {
      name,
      wire: name,
      // Who names a thing that is not there is told so of its id.
      location: getNamedType(type).name === 'ID' ? 'path' : 'variable',
      isRequired,
      role: isFile(type) ? 'file' : 'value',
      ...(places.length === 0 ? {} : { files: places }),
    };
  }

  output(shape: JsonObject): JsonObject {
    return relaxOutput(shape, this.memos.exact);
  }
}

function rootOf(drafts: readonly ArgumentDraft[], types: InputTypes): JsonObject {
  const required = drafts.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const properties = drafts.map(({ name, schema }): [string, JsonObject] => [name, schema(types)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
    $defs: types.definitions,
  };
}

/** What a model is told of an operation: deprecation first, what its author says, what comes back. */
export function describe(text: string, deprecated: string, shape: JsonObject): string {
  const marks = deprecated === '' ? '' : `Deprecated: ${cleanText(deprecated, 200)}`;
  const returns = returnLine(shape);
  const said = cleanText(text, MAX_TEXT - marks.length - returns.length);
  return [marks, said, returns].filter((line) => line !== '').join('\n');
}

function returnLine(shape: JsonObject): string {
  const { list, item } = itemOf(shape);
  const names = Object.keys(membersOf(item, 'properties')).filter((name) => name !== '__typename');
  const shown = names.slice(0, MAX_NAMES).join(', ') + (names.length > MAX_NAMES ? ', …' : '');
  if (list) return shown === '' ? 'Returns a list.' : `Returns a list of objects with ${shown}.`;
  return shown === '' ? '' : `Returns an object with ${shown}.`;
}

/** Of a list that comes in pages the item that it holds. */
function itemOf(shape: JsonObject): { readonly list: boolean; readonly item: JsonObject } {
  if (shape['type'] === 'array') return { list: true, item: membersOf(shape, 'items') };
  const properties = membersOf(shape, 'properties');
  if (!Object.hasOwn(properties, 'pageInfo')) return { list: false, item: shape };
  const [first] = Object.keys(properties);
  const item = membersOf(membersOf(properties, first ?? ''), 'items');
  const node = membersOf(membersOf(item, 'properties'), 'node');
  return { list: true, item: Object.hasOwn(node, 'type') ? node : item };
}

function membersOf(value: JsonObject, key: string): JsonObject {
  const member = ownMember(value, key) ?? null;
  return isJsonObject(member) ? member : {};
}
