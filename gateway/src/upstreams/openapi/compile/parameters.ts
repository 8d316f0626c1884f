/** Parameters of an operation: which are arguments, which are sent by themselves, which never. */
import { isHeaderName } from '../../../egress/index.ts';
import {
  readParameter,
  readPathParameter,
  undeclaredVariable,
  type ParameterDraft,
  type ReadParameter,
} from './parameter.ts';
import {
  buildPath,
  matchVariables,
  namesInQuery,
  splitTemplate,
  type TemplatePart,
} from './path-template.ts';
import { hasType } from './schema-session.ts';
import type { AuthScheme, Operation } from '../../api/model.ts';
import type { OpenApiDocument, ParameterView } from '../document.ts';
import type { PathPiece } from '../encode/plan-data.ts';
import type { SchemaSession } from '../schema/index.ts';

/** Fields that belong to the connection or are written by the gateway itself (RFC 9110, 7.6.1). */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'content-length',
  'accept',
  'cookie',
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** No caller can fill in more, and every one costs a call a little. */
const MAX_PARAMETERS = 1000;

export interface ParametersDraft {
  /** Path parameters first, in the order of the template. */
  readonly parameters: readonly ParameterDraft[];
  readonly path: readonly PathPiece[];
  /** Names of the query and of cookies that credentials or the path itself use. */
  readonly reservedNames: readonly string[];
}

/** @returns words where a required parameter cannot be sent at all, or there are too many */
export function readParameters(
  document: OpenApiDocument,
  operation: Operation,
  views: readonly ParameterView[],
  session: SchemaSession,
): ParametersDraft | string {
  const keys = apiKeys(document, operation);
  // What stands at the operation itself was only made up for a variable that nothing describes.
  const declared = views.filter(
    (view) => view.in === 'path' && view.at.pointer !== operation.at.pointer,
  );
  const template = splitTemplate(
    operation.place,
    declared.map((view) => view.name),
  );
  if (views.length + template.length > MAX_PARAMETERS) {
    return `It has more than ${MAX_PARAMETERS} parameters.`;
  }
  const inPath = pathParameters(document, operation, declared, template, session);
  const inTemplate = namesInQuery(operation.place);
  const others: ReadParameter[] = [];
  for (const location of ['query', 'querystring', 'header', 'cookie'] as const) {
    for (const view of views) {
      if (view.in !== location || isOwn(view, keys)) continue;
      if (location === 'query' && inTemplate.includes(view.name)) {
        const what = `The path ${operation.place} says what "${view.name}" is.`;
        document.resolver.repaired(what, view.at);
        continue;
      }
      if (location === 'header' && !isHeaderName(view.name)) {
        if (view.isRequired)
          return `The header "${view.name}" is required and no header can be named so.`;
        document.resolver.repaired('A header whose name no header can have is left out.', view.at);
        continue;
      }
      others.push(readParameter(view, session));
    }
  }
  const deepArrays = others.some(hasDeepList) ? 'brackets' : 'repeat';
  const parameters = [...inPath.reads, ...others].map(({ parameter }) => ({
    ...parameter,
    data: { ...parameter.data, deepArrays } as const,
  }));
  const ofKeys = keys.filter((key) => key.location !== 'header').map((key) => key.parameter);
  const reservedNames = [...ofKeys, ...inTemplate];
  const path = buildPath(template, (variable) => inPath.positions.get(variable) ?? 0);
  return { parameters, path, reservedNames };
}

/** Who writes lists themselves as deep objects means brackets: `expand[]=a`. */
function hasDeepList({ parameter, schema }: ReadParameter): boolean {
  return parameter.data.style === 'deepObject' && hasType(schema, 'array');
}

function apiKeys(document: OpenApiDocument, operation: Operation): AuthScheme[] {
  const named = new Set(operation.auth.flatMap((slots) => slots.map((slot) => slot.scheme)));
  return document.schemes.filter(
    (scheme) => scheme.kind === 'api_key' && named.has(scheme.name) && scheme.parameter !== '',
  );
}

function isOwn(view: ParameterView, keys: readonly AuthScheme[]): boolean {
  if (view.in === 'header') {
    const name = view.name.toLowerCase();
    if (OWN_HEADERS.has(name)) return true;
    return keys.some((key) => key.location === 'header' && key.parameter.toLowerCase() === name);
  }
  return keys.some((key) => key.location === view.in && key.parameter === view.name);
}

/** One for every variable of the template; what the document forgot to declare is a text. */
function pathParameters(
  document: OpenApiDocument,
  operation: Operation,
  declared: readonly ParameterView[],
  template: readonly TemplatePart[],
  session: SchemaSession,
): { reads: ReadParameter[]; positions: ReadonlyMap<string, number> } {
  const variables = template.flatMap((part) => ('variable' in part ? [part.variable] : []));
  const meant = matchVariables(
    variables,
    declared.map((view) => view.name),
  );
  const positions = new Map<string, number>();
  const reads: ReadParameter[] = [];
  for (const variable of variables) {
    if (positions.has(variable)) continue;
    const view = declared[meant.get(variable) ?? -1];
    positions.set(variable, reads.length);
    reads.push(
      view === undefined ? undeclaredVariable(variable) : readPathParameter(view, session),
    );
  }
  const used = new Set(meant.values());
  for (const [at, view] of declared.entries()) {
    if (used.has(at)) continue;
    const what = `The path ${operation.place} has no place for the parameter "${view.name}".`;
    document.resolver.repaired(what, view.at);
  }
  return { reads, positions };
}
