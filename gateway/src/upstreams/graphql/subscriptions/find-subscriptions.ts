/** The subscriptions of a schema, and those that somebody wrote into files, as documents. */
import {
  isRequiredArgument,
  Kind,
  OperationTypeNode,
  parse,
  print,
  validate,
  type DefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { wordsOf } from '../../api/name-words.ts';
import { cleanText } from '../../api/words/clean-text.ts';
import type { Skipped } from '../../api/model.ts';
import { selectionFor } from '../compile/selection.ts';
import {
  commentAbove,
  NO_TOOL,
  readDefinitions,
  usedFragments,
  type OperationSource,
} from '../index/read-operations.ts';
import {
  subscriptionsConfig,
  type SubscriptionsConfig,
  type SubscriptionsWritten,
} from './config-schema.ts';

export interface FoundSubscription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The whole document; its only operation is `name`. */
  readonly text: string;
  readonly node: OperationDefinitionNode;
  readonly variables: readonly { readonly name: string; readonly isRequired: boolean }[];
}

const MAX_SUBSCRIPTIONS = 1000;
const MAX_DESCRIPTION = 1000;
const ONE_ERROR = { maxErrors: 1 };

/**
 * Those in files, and the fields of the root where they are asked for by name or no file has any. One
 * in a file takes the place of a field of its name. None where they are off; what is left out goes to
 * `skipped`.
 */
export function subscriptionsOf(
  schema: GraphQLSchema,
  files: readonly OperationSource[],
  written: SubscriptionsWritten,
  skipped: Skipped[],
): ReadonlyMap<string, FoundSubscription> {
  const found = new Map<string, FoundSubscription>();
  const config = subscriptionsConfig(written);
  if (config !== undefined) addOfFiles(schema, files, found, skipped);
  const isWanted = filterOf(config, found.size > 0);
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    if (found.has(field.name)) continue;
    const why =
      config === undefined
        ? NO_TOOL
        : !isWanted(field.name)
          ? 'it is not in graphql.subscriptions'
          : found.size >= MAX_SUBSCRIPTIONS
            ? `the gateway takes ${MAX_SUBSCRIPTIONS} subscriptions of one API`
            : '';
    if (why === '') found.set(field.name, ofField(schema, field));
    else skipped.push({ what: `subscription ${field.name}`, why, at: placeOf(field) });
  }
  return found;
}

function placeOf(field: GraphQLField): Skipped['at'] {
  const line = field.astNode?.loc?.startToken.line ?? 0;
  return { source: '', pointer: `subscription.${field.name}`, line };
}

/** Each that has a name and fits the schema; the index has told already of files that do not parse. */
function addOfFiles(
  schema: GraphQLSchema,
  files: readonly OperationSource[],
  found: Map<string, FoundSubscription>,
  skipped: Skipped[],
): void {
  const { operations, fragments } = readDefinitions(files, []);
  for (const { node, source } of operations) {
    if (node.operation !== OperationTypeNode.SUBSCRIPTION) continue;
    const name = node.name?.value ?? '';
    const what = `subscription ${name}`.trim();
    // What was said of it while only tools were looked for.
    const said = skipped.findIndex((one) => one.what === what && one.why === NO_TOOL);
    if (said >= 0) skipped.splice(said, 1);
    const definitions = [node, ...usedFragments(node, fragments)];
    const [error] = validate(schema, { kind: Kind.DOCUMENT, definitions }, undefined, ONE_ERROR);
    const why =
      name === ''
        ? 'it has no name'
        : (error?.message.slice(0, 300) ?? (found.has(name) ? 'another one has its name' : ''));
    const at = { source, pointer: name, line: node.loc?.startToken.line ?? 0 };
    if (why === '') found.set(name, ofFile(name, node, definitions));
    else skipped.push({ what, why, at });
  }
}

function filterOf(
  config: SubscriptionsConfig | undefined,
  hasFiles: boolean,
): (name: string) => boolean {
  const include = config?.include;
  if (include === undefined) return () => !hasFiles;
  const patterns = include.map((one) => new RegExp(`^${one.replaceAll('*', '\\w*')}$`));
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function titleOf(name: string): string {
  const words = wordsOf(name).join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function ofFile(
  name: string,
  node: OperationDefinitionNode,
  definitions: readonly DefinitionNode[],
): FoundSubscription {
  const variables = (node.variableDefinitions ?? []).map(({ variable, type, defaultValue }) => ({
    name: variable.name.value,
    isRequired: type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined,
  }));
  const [, ...fragments] = definitions;
  const bare = { ...node, description: undefined };
  return {
    name,
    title: titleOf(name),
    description: cleanText(node.description?.value ?? commentAbove(node), MAX_DESCRIPTION),
    text: print({ kind: Kind.DOCUMENT, definitions: [bare, ...fragments] }),
    node,
    variables,
  };
}

function ofField(schema: GraphQLSchema, field: GraphQLField): FoundSubscription {
  const { name, args } = field;
  const bracket = (inner: readonly string[]): string =>
    inner.length === 0 ? '' : `(${inner.join(', ')})`;
  const variables = bracket(
    args.map((arg) => `$${arg.name}: ${typeOf(String(arg.type), arg.default !== undefined)}`),
  );
  const given = bracket(args.map((arg) => `${arg.name}: $${arg.name}`));
  const selection = selectionFor(schema, field.type).text;
  const text = `subscription ${name}${variables} { ${name}${given} ${selection} }`;
  const [node] = parse(text).definitions;
  if (node?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no operation in ${text}`);
  return {
    name,
    title: titleOf(name),
    description: cleanText(field.description ?? '', MAX_DESCRIPTION),
    text,
    node,
    variables: args.map((arg) => ({ name: arg.name, isRequired: isRequiredArgument(arg) })),
  };
}

/** Where an argument has a default, nothing may be given for it, whatever its type says. */
function typeOf(type: string, hasDefault: boolean): string {
  return hasDefault && type.endsWith('!') ? type.slice(0, -1) : type;
}
