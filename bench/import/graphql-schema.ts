/** A schema as graphql-js reads it, with nothing of the gateway's, and what it says of requests. */
import {
  buildASTSchema,
  buildClientSchema,
  getVariableValues,
  GraphQLError,
  Kind,
  parse,
  validate,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';

export interface Reference {
  /** Keys of operations that a strict reader expects: every field of the roots, but subscriptions. */
  readonly expected: readonly string[];
  /** What is wrong with a request by the rules of GraphQL; '' for nothing. */
  faultOf(body: Buffer): string;
}

/** Fields by which the servers of one graph ask each other. */
const FEDERATION = /^_(?:service|entities)$/;

/** @returns words where graphql-js does not read it as it is */
export function readReference(bytes: Buffer): Reference | string {
  let schema: GraphQLSchema;
  try {
    schema = schemaOf(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : String(error);
  }
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  const expected = roots.flatMap(([kind, type]) =>
    Object.keys(type?.getFields() ?? {})
      .filter((name) => !FEDERATION.test(name))
      .map((name) => `gql:${kind}.${name}`),
  );
  return { expected, faultOf: (body) => faultOf(schema, body) };
}

/** Directives without a definition are usual in SDL; everything else has to be whole. */
function schemaOf(text: string): GraphQLSchema {
  if (!/^\s*\{\s*"/.test(text)) {
    return buildASTSchema(parse(text), { assumeValid: true, assumeValidSDL: true });
  }
  const told = JSON.parse(text) as { data?: IntrospectionQuery } & IntrospectionQuery;
  return buildClientSchema(told.data ?? told, { assumeValid: true });
}

interface Sent {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** By validation of the document, and by coercion of its variables as a server does it. */
function faultOf(schema: GraphQLSchema, body: Buffer): string {
  const sent = JSON.parse(body.toString('utf8')) as Sent;
  try {
    const document = parse(sent.query);
    const [error] = validate(schema, document);
    if (error !== undefined) return error.message;
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) return 'it holds no operation';
    if (operation.name?.value !== sent.operationName) return 'it is called otherwise';
    const given = getVariableValues(schema, operation.variableDefinitions ?? [], sent.variables);
    return 'errors' in given ? (given.errors?.[0]?.message ?? '') : '';
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
}
