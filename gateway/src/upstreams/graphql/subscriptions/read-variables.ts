/** Arguments of a feed's URI as the variables of its subscription. */
import {
  getNamedType,
  getNullableType,
  getVariableValues,
  isEnumType,
  isInputType,
  isListType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import {
  isJsonArray,
  parseExact,
  stringifyExact,
  type Json,
  type JsonObject,
} from '../../../kernel/index.ts';
import type { FeedAddress } from '../../feeds/uris.ts';
import type { FoundSubscription } from './find-subscriptions.ts';

/** Of GraphQL's own scalars, those whose values stand in a URI as they are. */
const TEXTS: ReadonlySet<string> = new Set(['ID', 'String']);

/**
 * Texts and enumerations are written as they are; everything else as JSON, where what is no JSON is a
 * text. An argument that stands there several times is a list.
 * @returns the variables, or words that say what is wrong with which
 */
export function readVariables(
  schema: GraphQLSchema,
  { node }: Pick<FoundSubscription, 'node'>,
  { pairs }: Pick<FeedAddress, 'pairs'>,
): JsonObject | string {
  const types = new Map<string, GraphQLInputType>();
  for (const { variable, type: written } of node.variableDefinitions ?? []) {
    const type = typeFromAST(schema, written);
    if (isInputType(type)) types.set(variable.name.value, type);
  }
  const texts = new Map<string, string[]>();
  for (const [name, text] of pairs) {
    if (!types.has(name)) {
      const known = [...types.keys()].join(', ');
      return `There is no argument "${name}"; ${known === '' ? 'it takes none' : `it takes ${known}`}.`;
    }
    texts.set(name, [...(texts.get(name) ?? []), text]);
  }
  const given = [...types].flatMap(([name, type]): [string, Json][] => {
    const written = texts.get(name);
    return written === undefined ? [] : [[name, valueOfAll(written, type)]];
  });
  const variables = Object.fromEntries(given);
  const plain: unknown = JSON.parse(stringifyExact(variables));
  const checked = getVariableValues(schema, node.variableDefinitions ?? [], asObject(plain), {
    maxErrors: 3,
  });
  if (checked.errors === undefined) return variables;
  // Callers know them as arguments.
  return checked.errors
    .map(({ message }) => message.replaceAll('Variable "$', 'Argument "').slice(0, 300))
    .join(' ');
}

function valueOfAll(texts: readonly string[], type: GraphQLInputType): Json {
  const bare = getNullableType(type);
  const [first = ''] = texts;
  if (!isListType(bare)) return texts.length === 1 ? valueOf(first, type) : texts;
  const whole = texts.length === 1 && first.startsWith('[') ? parsed(first) : undefined;
  if (whole !== undefined && isJsonArray(whole)) return whole;
  return texts.map((text) => valueOf(text, bare.ofType));
}

function valueOf(text: string, type: GraphQLInputType): Json {
  const named = getNamedType(type);
  if (TEXTS.has(named.name) || isEnumType(named)) return text;
  return parsed(text) ?? text;
}

function parsed(text: string): Json | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
