/** One operation of a document as a plan: arguments, request, answer, pages. */
import { acceptHeader, jsonAnswer } from './accept.ts';
import { wordOfName, type AnswerShape } from './answer-shape.ts';
import { allocateArgumentNames } from '../../api/arguments/allocate-names.ts';
import { readBody, type BodyDraft } from './body.ts';
import { describeOperation, keptDescription } from './description.ts';
import { readPagination } from './pagination.ts';
import { readParameters, type ParametersDraft } from './parameters.ts';
import { climbs } from './path-template.ts';
import { finishInput, finishOutput } from './schemas.ts';
import { resolved } from './schema-session.ts';
import { isMapping } from '../schema/node.ts';
import type { SchemaConverter, SchemaSession } from '../schema/index.ts';
import type { JsonObject } from '../../../kernel/index.ts';
import type { Operation, OperationPlan } from '../../api/model.ts';
import type { OpenApiDocument, OperationView } from '../document.ts';
import type { BoundParameter, RequestPlan } from '../encode/plan-data.ts';
import type { ArgumentDraft } from './draft.ts';

/**
 * Compiles an operation; what it leaves out or reads as something else is kept among the repairs of
 * the document.
 * @returns words where the operation cannot be called by anybody
 */
export function compileOperation(
  document: OpenApiDocument,
  operation: Operation,
  converter: SchemaConverter,
): OperationPlan | string {
  const view = document.view(operation);
  if (typeof view === 'string') return view;
  const session = converter.session('input');
  const parameters = readParameters(document, operation, view.parameters, session);
  if (typeof parameters === 'string') return parameters;
  const isArguments = parameters.parameters.length === 0 && holdsArguments(view);
  const body = readBody(document.resolver, view.body, session, isArguments);
  const drafts = [
    ...parameters.parameters.map(({ argument }) => argument),
    ...(body?.arguments ?? []),
  ];
  const isOwn = body?.root !== undefined;
  const names = isOwn
    ? drafts.map(({ title }) => title)
    : allocateArgumentNames(drafts.map(wantedOf));
  const request = requestOf(document, view, parameters, body, names);
  if (typeof request === 'string') return request;
  const shape = answerShape(view, converter);
  const pageArguments = drafts.map((draft, at) => ({
    name: names[at] ?? '',
    word: wordOfName(draft.title),
    schema: resolved(draft.schema, session),
  }));
  return {
    key: operation.key,
    description: isOwn ? keptDescription(view) : describeOperation(view, shape),
    ...finishInput(body?.root ?? inputOf(drafts, names), session, body?.isKept === true),
    output: shape === undefined ? null : finishOutput(shape.root, shape.session),
    arguments: drafts.map(({ wire, location, isRequired, role }, at) => {
      return { name: names[at] ?? '', wire, location, isRequired, role };
    }),
    pagination: readPagination(view, pageArguments, shape),
    request,
  };
}

/** `x-mcp: { "arguments": "body" }`: what a gateway writes of a tool that it offers over plain HTTP. */
function holdsArguments({ extensions }: OperationView): boolean {
  const own = extensions['x-mcp'];
  return isMapping(own) && own['arguments'] === 'body';
}

function wantedOf(draft: ArgumentDraft): { name: string; suffix: string } {
  const suffix = draft.location === 'body_property' ? 'body' : draft.location;
  return { name: draft.title, suffix };
}

function inputOf(drafts: readonly ArgumentDraft[], names: readonly string[]): JsonObject {
  const required = names.filter((_, at) => drafts[at]?.isRequired === true);
  const properties = Object.fromEntries(names.map((name, at) => [name, drafts[at]?.schema ?? {}]));
  const root = { type: 'object', properties, additionalProperties: false };
  return required.length === 0 ? root : { ...root, required };
}

function answerShape(view: OperationView, converter: SchemaConverter): AnswerShape | undefined {
  const answer = jsonAnswer(view.responses);
  if (answer === undefined) return undefined;
  const session: SchemaSession = converter.session('output');
  const isStream = answer.schema === undefined && answer.itemSchema !== undefined;
  if (isStream) return { root: { type: 'array', items: session.add(answer.itemSchema) }, session };
  return answer.schema === undefined ? undefined : { root: session.add(answer.schema), session };
}

function requestOf(
  document: OpenApiDocument,
  view: OperationView,
  parameters: ParametersDraft,
  body: BodyDraft | undefined,
  names: readonly string[],
): RequestPlan | string {
  const { path, reservedNames } = parameters;
  if (climbs(path)) return 'Its path has "." or ".." as a segment, which would leave the API.';
  const { operation } = view;
  if (!/^[A-Za-z]{1,32}$/.test(operation.verb)) return `"${operation.verb}" is no method of HTTP.`;
  let next = 0;
  const bound = parameters.parameters.map(({ data, constant }): BoundParameter => {
    return { data: { ...data, argument: names[next++] ?? '' }, constant };
  });
  return {
    form: 'openapi-request-1',
    method: operation.verb.toUpperCase(),
    server: ownServer(document, view),
    path,
    parameters: bound,
    reservedNames,
    accept: acceptHeader(view.responses),
    body: body === undefined ? null : body.build(names.slice(next)),
  };
}

/** The address that the operation or its path names for itself; '' for the document's. */
function ownServer(document: OpenApiDocument, view: OperationView): string {
  const first = view.servers[0];
  return first === undefined || document.servers.includes(first) ? '' : first;
}
