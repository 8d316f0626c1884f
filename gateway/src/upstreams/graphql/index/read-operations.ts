/** Operations that somebody wrote into files: each that has a name and fits the schema is a tool. */
import {
  GraphQLError,
  Kind,
  parse,
  print,
  TokenKind,
  validate,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Operation, Skipped } from '../../api/model.ts';
import { wordsOf } from '../../api/name-words.ts';
import { oneLine } from '../../api/words/one-line.ts';
import { effectsOf } from './effects.ts';

const MAX_TOKENS = 200_000;
const MAX_COMMENT_LINES = 50;
const MAX_ERRORS = 3;

export interface OperationSource {
  /** Path, as messages name it. */
  readonly location: string;
  readonly bytes: Buffer;
}

export interface CuratedOperation {
  readonly name: string;
  readonly kind: 'query' | 'mutation';
  /** The operation and the fragments that it uses. */
  readonly document: DocumentNode;
  readonly text: string;
  readonly node: OperationDefinitionNode;
  /** What its author says of it. */
  readonly description: string;
  readonly operation: Omit<Operation, 'key' | 'name' | 'aliases' | 'auth'>;
}

/** What stands in files of operations. */
export interface WrittenDefinitions {
  readonly operations: { readonly node: OperationDefinitionNode; readonly source: string }[];
  readonly fragments: Map<string, FragmentDefinitionNode>;
}

/** What cannot be used goes to `skipped`, each with its file, line and reason. */
export function readOperations(
  schema: GraphQLSchema,
  sources: readonly OperationSource[],
  mutations: boolean,
  skipped: Skipped[],
): readonly CuratedOperation[] {
  const read = readDefinitions(sources, skipped);
  const made = new Map<string, CuratedOperation>();
  for (const { node, source } of read.operations) {
    const name = node.name?.value ?? '';
    const line = node.loc?.startToken.line ?? 0;
    const at = { source, pointer: name, line };
    const one =
      name === '' ? 'it has no name' : curate(schema, node, read.fragments, at, mutations);
    if (typeof one === 'string')
      skipped.push({ what: `${node.operation} ${name}`.trim(), why: one, at });
    else if (made.has(name)) {
      skipped.push({ what: `${node.operation} ${name}`, why: 'another one has its name', at });
    } else made.set(name, one);
  }
  return [...made.values()];
}

/** A file that cannot be parsed goes to `skipped`. */
export function readDefinitions(
  sources: readonly OperationSource[],
  skipped: Skipped[],
): WrittenDefinitions {
  const read: WrittenDefinitions = { operations: [], fragments: new Map() };
  for (const source of sources) readSource(source, read, skipped);
  return read;
}

function readSource(
  { location, bytes }: OperationSource,
  read: WrittenDefinitions,
  skipped: Skipped[],
): void {
  let document: DocumentNode;
  try {
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    document = parse(text, { maxTokens: MAX_TOKENS });
  } catch (error) {
    const line = error instanceof GraphQLError ? (error.locations?.[0]?.line ?? 0) : 0;
    const why = error instanceof Error ? error.message.slice(0, 300) : String(error);
    skipped.push({ what: location, why, at: { source: location, pointer: '', line } });
    return;
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      read.operations.push({ node: definition, source: location });
    } else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      read.fragments.set(definition.name.value, definition);
    }
  }
}

/** Why a subscription is left out where they are off. */
export const NO_TOOL = 'subscriptions are no tools; graphql.subscriptions makes resources of them';

function curate(
  schema: GraphQLSchema,
  node: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  at: Operation['at'],
  mutations: boolean,
): CuratedOperation | string {
  const name = node.name?.value ?? '';
  const kind = node.operation;
  if (kind === 'subscription') return NO_TOOL;
  if (kind === 'mutation' && !mutations) return 'mutations is false';
  const used = usedFragments(node, fragments);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [node, ...used] };
  const errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
  const [error] = errors;
  if (error !== undefined) return error.message.slice(0, 300);
  const description = node.description?.value ?? commentAbove(node);
  const words = wordsOf(name).join(' ');
  const fields = rootFields(node);
  const bare: OperationDefinitionNode = { ...node, description: undefined };
  return {
    name,
    kind,
    document,
    text: print({ kind: Kind.DOCUMENT, definitions: [bare, ...used] }),
    node,
    description,
    operation: {
      title: words.charAt(0).toUpperCase() + words.slice(1),
      summary:
        oneLine(description) || `${kind === 'query' ? 'Query' : 'Mutation'} ${name}.`.slice(0, 120),
      tags: [kind],
      isDeprecated: false,
      verb: kind,
      place: name,
      effects: effectsOf(kind, fields),
      at,
    },
  };
}

/** Each fragment once, whatever refers to it and however often. */
export function usedFragments(
  node: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FragmentDefinitionNode[] {
  const used = new Map<string, FragmentDefinitionNode>();
  const waiting: (OperationDefinitionNode | FragmentDefinitionNode)[] = [node];
  for (const each of waiting) {
    visit(each, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || used.has(name.value)) return;
        used.set(name.value, fragment);
        waiting.push(fragment);
      },
    });
  }
  return [...used.values()];
}

function rootFields({ selectionSet, name }: OperationDefinitionNode): string[] {
  const own = selectionSet.selections.flatMap((one) =>
    one.kind === Kind.FIELD ? [one.name.value] : [],
  );
  // A fragment at the root hides what is asked for; the operation's own name has to tell it then.
  return own.length === selectionSet.selections.length ? own : [name?.value ?? '', ...own];
}

/** The lines of comment that stand directly above. */
export function commentAbove({ loc }: OperationDefinitionNode): string {
  const lines: string[] = [];
  let token = loc?.startToken;
  for (let prev = token?.prev; token && prev?.kind === TokenKind.COMMENT; prev = token.prev) {
    if (prev.line !== token.line - 1 || lines.length >= MAX_COMMENT_LINES) break;
    lines.unshift(prev.value.trim());
    token = prev;
  }
  return lines.join('\n');
}
