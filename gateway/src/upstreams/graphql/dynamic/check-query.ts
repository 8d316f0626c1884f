/** Queries that a caller wrote: what may be sent, and what it would cost. */
import {
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import type { FieldFilter, RootKind } from '../index/field-filter.ts';
import { tooMuchRepeated } from './repeats.ts';
import { weigh } from './weigh.ts';

const MAX_TOKENS = 4000;
const MAX_ALIASES = 30;
const MAX_ERRORS = 5;
const MAX_ERROR_CHARS = 300;

export interface QueryLimits {
  /** Levels of fields. */
  readonly maxDepth: number;
  /** Fields, those inside of lists as often as the list is long. */
  readonly maxCost: number;
}

export interface CheckedQuery {
  readonly operationName: string;
  readonly document: DocumentNode;
}

/**
 * Parses and validates one operation of the kind that is wanted.
 * @param filter fields of the roots that may be asked for
 * @returns words that say what is wrong with it and what to do
 */
export function checkQuery(
  schema: GraphQLSchema,
  text: string,
  variables: JsonObject,
  kind: RootKind,
  limits: QueryLimits,
  filter: FieldFilter,
): CheckedQuery | string {
  const document = parseBounded(text);
  if (typeof document === 'string') return document;
  const operations = document.definitions.filter(isOperation);
  const [operation] = operations;
  if (operation === undefined || operations.length > 1) return 'must hold exactly one operation.';
  if (operation.operation !== kind) return wrongKind(operation.operation, kind);
  const repeated = tooMuchRepeated(document);
  if (repeated !== undefined) return repeated;
  // Weighed before it is validated: what is too much is not looked at any closer.
  const weight = weigh(schema, document, operation, variables);
  if (typeof weight === 'string') return weight;
  if (weight.depth > limits.maxDepth) {
    return `asks ${weight.depth} levels deep; ${limits.maxDepth} are allowed. Ask for less, in several calls.`;
  }
  if (weight.aliases > MAX_ALIASES) {
    return `has ${weight.aliases} aliases; ${MAX_ALIASES} are allowed. Use several calls.`;
  }
  if (weight.cost > limits.maxCost) {
    return `may ask for ${Math.min(weight.cost, 1e15)} fields; ${limits.maxCost} are allowed. Ask for fewer fields or for shorter lists.`;
  }
  const errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
  if (errors.length > 0) {
    const told = errors.map(({ message }) => message.slice(0, MAX_ERROR_CHARS));
    return `does not fit the schema: ${told.join(' ')}`;
  }
  const refused = weight.roots.find(
    (field) => field !== '__typename' && isRefused(field, kind, filter),
  );
  if (refused !== undefined) return `asks for ${refused}, which is not allowed here.`;
  return { operationName: operation.name?.value ?? '', document };
}

function isRefused(field: string, kind: RootKind, filter: FieldFilter): boolean {
  return field.startsWith('__') || filter(kind, field) !== '';
}

function wrongKind(given: string, wanted: RootKind): string {
  if (given === 'subscription') return 'must not be a subscription.';
  return wanted === 'query'
    ? `must be a query, not a ${given}. Mutations have tools of their own.`
    : `must be a mutation, not a ${given}.`;
}

function isOperation(node: DocumentNode['definitions'][number]): node is OperationDefinitionNode {
  return node.kind === Kind.OPERATION_DEFINITION;
}

function parseBounded(text: string): DocumentNode | string {
  try {
    return parse(text, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) return 'is nested too deep.';
    const { line = 0, column = 0 } = error.locations?.[0] ?? {};
    const where = line > 0 ? ` (line ${line}, column ${column})` : '';
    return `cannot be read: ${error.message.slice(0, MAX_ERROR_CHARS)}${where}`;
  }
}
