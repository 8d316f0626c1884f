/** Bytes of a schema as the schema they describe. */
import {
  buildASTSchema,
  buildClientSchema,
  GraphQLError,
  parse,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { mendIntrospection } from './mend-introspection.ts';
import { mendSdl } from './mend-sdl.ts';

/** Tokens of SDL; the largest schemas in use have a tenth of it. */
const MAX_TOKENS = 4_000_000;
const MAX_TYPES = 50_000;
const MAX_FAULT_CHARS = 300;

const TOO_MANY = { why: 'broken', text: `It has more than ${MAX_TYPES} types.`, line: 0 } as const;

export interface ReadSchema {
  readonly schema: GraphQLSchema;
  readonly format: 'SDL' | 'introspection';
  /** What could not be used, in words, and where. */
  readonly repairs: readonly { readonly text: string; readonly line: number }[];
}

export interface SchemaFault {
  /** `other`: nothing about it is GraphQL. `broken`: it is, and cannot be read. */
  readonly why: 'other' | 'broken';
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

/**
 * Reads SDL, or what an introspection answered as JSON. What an API's own server puts up with is put
 * up with here: directives without a definition, fields that implement an interface badly, and parts
 * of a whole that is not at hand.
 */
export function readSchema(bytes: Buffer): ReadSchema | SchemaFault {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const isJson = /^\s*\{\s*"/.test(text.slice(0, 1000));
  try {
    return isJson ? readIntrospection(text) : readSdl(text);
  } catch (error) {
    return faultOf(error, isJson, text);
  }
}

function readSdl(text: string): ReadSchema | SchemaFault {
  const document = parse(text, { maxTokens: MAX_TOKENS });
  const isSchema = document.definitions.some(({ kind }) =>
    /Type(?:Definition|Extension)$/.test(kind),
  );
  if (!isSchema) return { why: 'broken', text: 'It defines no types.', line: 1 };
  if (document.definitions.length > MAX_TYPES) return TOO_MANY;
  const mended = mendSdl(document);
  const schema = buildASTSchema(mended.document, { assumeValidSDL: true, assumeValid: true });
  return usable({ schema, format: 'SDL', repairs: mended.repairs });
}

function readIntrospection(text: string): ReadSchema | SchemaFault {
  const parsed: unknown = JSON.parse(text);
  const found = [parsed, memberOf(parsed, 'data')].find(isIntrospection);
  if (found === undefined) {
    return { why: 'other', text: 'It is JSON, but no answer to an introspection.', line: 0 };
  }
  if (found.__schema.types.length > MAX_TYPES) {
    return TOO_MANY;
  }
  const { schema: told, repairs } = mendIntrospection({ ...found.__schema });
  const whole = { __schema: told };
  if (!isIntrospection(whole)) throw new Error('it tells no types');
  const schema = buildClientSchema(whole, { assumeValid: true });
  return usable({
    schema,
    format: 'introspection',
    repairs: repairs.map((text) => ({ text, line: 0 })),
  });
}

/** A schema in which nothing can be asked for is told from one that can. */
function usable(read: ReadSchema): ReadSchema | SchemaFault {
  const { schema, repairs } = read;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  if (roots.some((root) => Object.keys(root?.getFields() ?? {}).length > 0)) return read;
  const why = repairs[0] === undefined ? '' : ` (${repairs[0].text})`;
  const text = `It cannot be used: it has no queries and no mutations${why}.`;
  return { why: 'broken', text, line: 0 };
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}

/** Its outline; what is wrong inside is said by whoever builds the schema. */
function isIntrospection(value: unknown): value is IntrospectionQuery {
  const types = memberOf(memberOf(value, '__schema'), 'types');
  return Array.isArray(types);
}

function faultOf(error: unknown, isJson: boolean, text: string): SchemaFault {
  const line = error instanceof GraphQLError ? (error.locations?.[0]?.line ?? 0) : 0;
  const said = error instanceof Error ? error.message : String(error);
  const told = /stack/i.test(said) ? 'it is nested too deep' : said.slice(0, MAX_FAULT_CHARS);
  const isOne = isJson
    ? text.slice(0, 4096).includes('"__schema"')
    : /^\s*(?:type|interface|input|enum|union|scalar|schema|extend|directive)\s+[@\w{]/m.test(text);
  const where = line > 0 ? ` (line ${line})` : '';
  return { why: isOne ? 'broken' : 'other', text: `It cannot be read: ${told}${where}.`, line };
}
