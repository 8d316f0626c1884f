/** Tools for callers who write their own queries. Off unless somebody switches them on. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { Operation, OperationPlan } from '../../api/model.ts';
import type { DynamicPlan } from '../compile/request-plan.ts';

/** Longest query of a caller, characters. */
export const MAX_QUERY_CHARS = 20_000;
export const MAX_SEARCH_CHARS = 200;
export const MAX_FOUND = 20;

export interface DynamicTool {
  readonly name: string;
  readonly does: DynamicPlan['does'];
  readonly operation: Omit<Operation, 'key' | 'name' | 'aliases' | 'auth'>;
  readonly description: string;
  readonly properties: JsonObject;
  readonly required: readonly string[];
}

const AT = { source: '', pointer: 'dynamic', line: 0 };

const QUERY_PROPERTIES: JsonObject = {
  query: {
    type: 'string',
    maxLength: MAX_QUERY_CHARS,
    description: 'One operation in GraphQL, with the fragments that it uses.',
  },
  variables: { type: 'object', description: 'Values of its variables by name.' },
};

function tool(
  name: string,
  does: DynamicPlan['does'],
  summary: string,
  description: string,
  properties: JsonObject,
  required: readonly string[],
): DynamicTool {
  const isRead = does !== 'mutation';
  const words = name.replaceAll('_', ' ');
  return {
    name,
    does,
    description,
    properties,
    required,
    operation: {
      title: words.charAt(0).toUpperCase() + words.slice(1),
      summary,
      tags: ['dynamic'],
      isDeprecated: false,
      verb: isRead ? 'query' : 'mutation',
      place: name,
      effects: {
        effect: isRead ? 'read' : 'destroy',
        isIdempotent: isRead,
        origin: 'verb',
      },
      at: AT,
    },
  };
}

export const DYNAMIC_TOOLS: readonly DynamicTool[] = [
  tool(
    'search_types',
    'search',
    'Finds types and fields of the GraphQL schema.',
    'Finds types and fields of the GraphQL schema by words, or shows one type by its exact name. Answers with definitions and with the fields of the roots that lead there. One search is usually enough for a query.',
    {
      words: {
        type: 'string',
        minLength: 1,
        maxLength: MAX_SEARCH_CHARS,
        description: 'Words such as "order customer", or the exact name of a type.',
      },
      limit: { type: 'integer', minimum: 1, maximum: MAX_FOUND, default: 5 },
    },
    ['words'],
  ),
  tool(
    'execute',
    'query',
    'Runs a GraphQL query.',
    'Runs a GraphQL query that you write. It is checked against the schema before it is sent; search_types shows what there is.',
    QUERY_PROPERTIES,
    ['query'],
  ),
  tool(
    'execute_mutation',
    'mutation',
    'Runs a GraphQL mutation.',
    'Runs a GraphQL mutation that you write. It is checked against the schema before it is sent; search_types shows what there is.',
    QUERY_PROPERTIES,
    ['query'],
  ),
];

export function compileDynamic(key: string, one: DynamicTool): OperationPlan {
  const request: DynamicPlan = { form: 'graphql-dynamic-1', does: one.does };
  return {
    key,
    description: one.description,
    input: {
      type: 'object',
      properties: one.properties,
      required: one.required,
      additionalProperties: false,
    },
    listed: null,
    output: null,
    arguments: Object.keys(one.properties).map((name) => ({
      name,
      wire: name,
      location: 'variable',
      isRequired: one.required.includes(name),
      role: 'value',
    })),
    pagination: null,
    request,
  };
}
