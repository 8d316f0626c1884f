/** A field of a root as a plan: one query or mutation that asks for nothing else. */
import {
  getNamedType,
  isCompositeType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import type { OperationPlan } from '../../api/model.ts';
import type { RootKind } from '../index/field-filter.ts';
import { pagesOf } from './page-plan.ts';
import { describe, type ArgumentDraft, type PlanParts } from './plan-parts.ts';
import { PAGE_SIZE, SELECTION, type RequestPlan } from './request-plan.ts';
import { selectionFor, type Selection } from './selection.ts';

const SELECTION_TEXT =
  'Replaces what is asked for: a GraphQL selection such as "id name owner { login }".';

/** @returns words where it cannot be called by anybody */
export function compileRootField(
  schema: GraphQLSchema,
  kind: RootKind,
  key: string,
  field: GraphQLField,
  parts: PlanParts,
): OperationPlan | string {
  const { args } = field;
  const goesBack = ['last', 'before'].every((name) => args.some((arg) => arg.name === name));
  const selection = selectionFor(schema, field.type, goesBack);
  const request = {
    ...requestOf(kind, field, args, selection),
    hasFiles: args.some((arg) => parts.filePlaces(arg.type).length > 0),
  };
  const drafts = draftsOf(args, request);
  const canSelect = request.head !== '' && !args.some(({ name }) => name === SELECTION);
  if (canSelect) drafts.push(selectionDraft(selection));
  const text = field.description || `${kind === 'query' ? 'Query' : 'Mutation'} ${field.name}.`;
  return {
    key,
    description: describe(text, field.deprecationReason ?? '', selection.shape),
    ...parts.input(kind, drafts),
    output: parts.output(selection.shape),
    arguments: args.map((arg) => parts.argument(arg.name, arg.type, isRequiredArgument(arg))),
    pagination: kind === 'query' ? pagesOf(field, selection) : null,
    request,
  };
}

function draftsOf(args: readonly GraphQLArgument[], { size }: RequestPlan): ArgumentDraft[] {
  return args.map((arg) => ({
    name: arg.name,
    isRequired: isRequiredArgument(arg),
    schema: (types): JsonObject => {
      const schema = types.argument(arg, true);
      return arg.name === size ? { ...schema, default: PAGE_SIZE } : schema;
    },
  }));
}

function selectionDraft({ text }: Selection): ArgumentDraft {
  const example = text.length <= 60 ? text.slice(2, -2) : '';
  const description = example === '' ? SELECTION_TEXT : `${SELECTION_TEXT} Default: "${example}".`;
  return {
    name: SELECTION,
    isRequired: false,
    schema: () => ({ type: 'string', description }),
  };
}

function requestOf(
  kind: RootKind,
  field: GraphQLField,
  args: readonly GraphQLArgument[],
  { text, connection }: Selection,
): Omit<RequestPlan, 'hasFiles'> {
  const { name } = field;
  const variables = args.map((arg) => `$${arg.name}: ${variableType(arg)}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const bracket = (inner: string): string => (inner === '' ? '' : `(${inner})`);
  const head = `${kind} ${name}${bracket(variables)} { ${name}${bracket(given)} `;
  const isComposite = isCompositeType(getNamedType(field.type));
  const names = new Set(args.map((arg) => arg.name));
  const size = connection !== undefined && names.has('first') ? 'first' : '';
  const first = args.find((arg) => arg.name === size);
  const hasOwnSize =
    first === undefined || first.default !== undefined || isRequiredArgument(first);
  return {
    form: 'graphql-request-2',
    kind,
    operationName: name,
    document: `${head}${text}${text === '' ? '' : ' '}}`,
    head: isComposite ? head : '',
    tail: isComposite ? ' }' : '',
    root: name,
    size: hasOwnSize ? '' : size,
    sizes: ['first', 'last'].filter((one) => names.has(one)),
  };
}

/** Where the argument has a default, nothing may be given for it, whatever its type says. */
function variableType(arg: GraphQLArgument): string {
  const type = String(arg.type);
  return arg.default !== undefined && type.endsWith('!') ? type.slice(0, -1) : type;
}
