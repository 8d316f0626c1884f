/** An operation that somebody wrote, as a plan. */
import {
  isInputType,
  Kind,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import type { OperationPlan } from '../../api/model.ts';
import type { CuratedOperation } from '../index/read-operations.ts';
import { pagesOfCurated } from './curated-pages.ts';
import { withFileText } from './input-types.ts';
import { jsonOf } from './literal.ts';
import { describe, type ArgumentDraft, type PlanParts } from './plan-parts.ts';
import type { RequestPlan } from './request-plan.ts';
import { isFile } from './scalars.ts';
import { documentShape } from './document-shape.ts';

interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isRequired: boolean;
  readonly node: VariableDefinitionNode;
}

/** @returns words where it cannot be called by anybody */
export function compileCurated(
  schema: GraphQLSchema,
  key: string,
  curated: CuratedOperation,
  parts: PlanParts,
): OperationPlan | string {
  const variables = variablesOf(schema, curated);
  const said = argumentTexts(schema, curated);
  const drafts = variables.map((variable) => draftOf(variable, said));
  const shape = documentShape(schema, curated.document);
  const request: RequestPlan = {
    form: 'graphql-request-2',
    kind: curated.kind,
    operationName: curated.name,
    document: curated.text,
    head: '',
    tail: '',
    root: '',
    hasFiles: variables.some(({ type }) => parts.filePlaces(type).length > 0),
    size: '',
    sizes: [],
  };
  return {
    key,
    description: describe(curated.description || curated.operation.summary, '', shape),
    ...parts.input(curated.kind, drafts),
    output: parts.output(shape),
    arguments: variables.map(({ name, type, isRequired }) =>
      parts.argument(name, type, isRequired),
    ),
    pagination: pagesOfCurated(schema, curated),
    request,
  };
}

function variablesOf(schema: GraphQLSchema, { node }: CuratedOperation): Variable[] {
  return (node.variableDefinitions ?? []).flatMap((definition) => {
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) return [];
    const isRequired =
      definition.type.kind === Kind.NON_NULL_TYPE && definition.defaultValue === undefined;
    return [{ name: definition.variable.name.value, type, isRequired, node: definition }];
  });
}

function draftOf(variable: Variable, said: ReadonlyMap<string, string>): ArgumentDraft {
  const { name, type, isRequired, node } = variable;
  const text = node.description?.value ?? said.get(name) ?? '';
  return {
    name,
    isRequired,
    schema: (types): JsonObject => {
      const own = types.schemaOf(type, true);
      if (isFile(type)) return withFileText(own, text);
      const byDefault = node.defaultValue === undefined ? undefined : jsonOf(node.defaultValue);
      return {
        ...own,
        ...(text === '' ? {} : { description: text.slice(0, 400) }),
        ...(byDefault === undefined ? {} : { default: byDefault }),
      };
    },
  };
}

/** What the schema says of the argument that a variable is first used for. */
function argumentTexts(
  schema: GraphQLSchema,
  { document }: CuratedOperation,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Argument: ({ value }) => {
        if (value.kind !== Kind.VARIABLE || texts.has(value.name.value)) return;
        const text = info.getArgument()?.description ?? '';
        if (text !== '') texts.set(value.name.value, text);
      },
    }),
  );
  return texts;
}
