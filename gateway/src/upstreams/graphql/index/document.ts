/** A schema and the operations beside it, as an index, and a plan for each of its operations. */
import type { GraphQLField, GraphQLSchema } from 'graphql';
import { hash } from 'node:crypto';
import type { ApiIndex, Operation, OperationPlan, Skipped } from '../../api/model.ts';
import { allocateNames, type NameWish } from '../../api/names.ts';
import { wordsOf } from '../../api/name-words.ts';
import { cleanText } from '../../api/words/clean-text.ts';
import { oneLine } from '../../api/words/one-line.ts';
import { compileCurated } from '../compile/curated.ts';
import { PlanParts } from '../compile/plan-parts.ts';
import { compileRootField } from '../compile/root-field.ts';
import type { GraphQlConfig } from '../config-schema.ts';
import { compileDynamic, DYNAMIC_TOOLS } from '../dynamic/tools.ts';
import { subscriptionsOf, type FoundSubscription } from '../subscriptions/find-subscriptions.ts';
import { readSchema, type ReadSchema, type SchemaFault } from '../source/read-schema.ts';
import { effectsOf } from './effects.ts';
import { fieldFilter, type FieldFilter, type RootKind } from './field-filter.ts';
import { readOperations, type CuratedOperation, type OperationSource } from './read-operations.ts';

/** Tools of one API; what is beyond is told as left out. */
const MAX_OPERATIONS = 10_000;
/** Grows when the same sources are read to another index or other plans. */
export const FORM = 2;

export interface GraphQlDocument {
  readonly index: ApiIndex;
  readonly format: string;
  readonly schema: GraphQLSchema;
  readonly filter: FieldFilter;
  /** By name; none where they are off. */
  readonly subscriptions: ReadonlyMap<string, FoundSubscription>;
  /** @returns words where the operation cannot be used */
  plan(key: string): OperationPlan | string;
}

export interface DocumentSources {
  readonly schema: Buffer;
  readonly operations: readonly OperationSource[];
}

type Found =
  | { readonly from: 'field'; readonly kind: RootKind; readonly field: GraphQLField }
  | { readonly from: 'file'; readonly curated: CuratedOperation }
  | { readonly from: 'dynamic'; readonly tool: (typeof DYNAMIC_TOOLS)[number] };

/** @param knownNames names of tools by key */
export function readDocument(
  sources: DocumentSources,
  config: GraphQlConfig,
  knownNames: ReadonlyMap<string, string>,
): GraphQlDocument | SchemaFault {
  const read = readSchema(sources.schema);
  if (!('schema' in read)) return read;
  const { schema } = read;
  const filter = fieldFilter(config);
  const skipped: Skipped[] = [];
  const found = new Map<string, Found>();
  const curated = readOperations(schema, sources.operations, config.mutations, skipped);
  for (const one of curated) found.set(`gql:operation.${one.name}`, { from: 'file', curated: one });
  if (config.generate ?? config.operations === undefined) {
    addRootFields(schema, filter, found, skipped);
  }
  if (config.dynamic) {
    for (const tool of DYNAMIC_TOOLS) {
      const isOff = tool.does === 'mutation' && (!config.mutations || noMutations(schema));
      if (!isOff) found.set(`gql:dynamic.${tool.name}`, { from: 'dynamic', tool });
    }
  }
  const subscriptions = subscriptionsOf(schema, sources.operations, config.subscriptions, skipped);
  const operations = operationsOf(found, knownNames);
  return {
    index: indexOf(sources, read, operations, skipped),
    format: read.format === 'SDL' ? 'GraphQL schema' : 'GraphQL introspection',
    schema,
    filter,
    subscriptions,
    plan: planner(schema, found),
  };
}

function noMutations(schema: GraphQLSchema): boolean {
  return (schema.getMutationType() ?? undefined) === undefined;
}

function addRootFields(
  schema: GraphQLSchema,
  filter: FieldFilter,
  found: Map<string, Found>,
  skipped: Skipped[],
): void {
  for (const [kind, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const why = FEDERATION.has(field.name)
        ? 'only other servers ask for it'
        : found.size >= MAX_OPERATIONS
          ? `the gateway takes ${MAX_OPERATIONS} operations of one API`
          : filter(kind, field.name);
      if (why === '') found.set(`gql:${kind}.${field.name}`, { from: 'field', kind, field });
      else skipped.push({ what: `${kind} ${field.name}`, why, at: placeOf(kind, field) });
    }
  }
}

/** Fields that servers of one graph ask each other for. */
const FEDERATION: ReadonlySet<string> = new Set(['_service', '_entities']);

function placeOf(kind: string, field: GraphQLField): Operation['at'] {
  const line = field.astNode?.loc?.startToken.line ?? 0;
  return { source: '', pointer: `${kind}.${field.name}`, line };
}

function operationsOf(
  found: ReadonlyMap<string, Found>,
  knownNames: ReadonlyMap<string, string>,
): readonly Operation[] {
  const wishes = [...found].map(([key, one]): NameWish => {
    if (one.from === 'dynamic') return { key, words: wordsOf(one.tool.name) };
    return { key, words: wordsOf(one.from === 'file' ? one.curated.name : one.field.name) };
  });
  const names = allocateNames(wishes, knownNames);
  return [...found].map(([key, one]): Operation => {
    const { name, aliases } = names.get(key) ?? { name: key, aliases: [] };
    return { key, name, aliases, auth: [], ...tellingOf(one) };
  });
}

type Telling = Omit<Operation, 'key' | 'name' | 'aliases' | 'auth'>;

function tellingOf(one: Found): Telling {
  if (one.from === 'dynamic') return one.tool.operation;
  if (one.from === 'file') return one.curated.operation;
  const { kind, field } = one;
  const words = wordsOf(field.name).join(' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return {
    title,
    summary:
      oneLine(field.description ?? '') ||
      `${kind === 'query' ? 'Query' : 'Mutation'} ${field.name}.`.slice(0, 120),
    tags: [kind],
    isDeprecated: (field.deprecationReason ?? null) !== null,
    verb: kind,
    place: field.name,
    effects: effectsOf(kind, [field.name]),
    at: placeOf(kind, field),
  };
}

function indexOf(
  { schema: bytes, operations: files }: DocumentSources,
  { schema, repairs }: ReadSchema,
  operations: readonly Operation[],
  skipped: readonly Skipped[],
): ApiIndex {
  const digests = [bytes, ...files.map((file) => file.bytes)].map((each) => hash('sha256', each));
  return {
    kind: 'graphql',
    digest: hash('sha256', `graphql ${FORM} ${digests.join(' ')}`),
    title: '',
    version: '',
    description: cleanText(schema.description ?? '', 4000),
    servers: [],
    schemes: [],
    operations,
    skipped,
    repairs: repairs.map(({ text, line }) => ({
      what: text,
      at: { source: '', pointer: '', line },
    })),
  };
}

function planner(
  schema: GraphQLSchema,
  found: ReadonlyMap<string, Found>,
): (key: string) => OperationPlan | string {
  let parts: PlanParts | undefined;
  return (key) => {
    const one = found.get(key);
    if (one === undefined) return 'The API has no such operation any more.';
    parts ??= new PlanParts(schema);
    if (one.from === 'dynamic') return compileDynamic(key, one.tool);
    return one.from === 'file'
      ? compileCurated(schema, key, one.curated, parts)
      : compileRootField(schema, one.kind, key, one.field, parts);
  };
}
