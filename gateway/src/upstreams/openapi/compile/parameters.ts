/** Parameters of an operation: which are arguments, which are sent by themselves, which never. */
import { isHeaderName } from '../../../egress/index.ts';
import { memberOf } from '../../api/schema/json.ts';
import { cleanText, cutText } from './clean-text.ts';
import { constantOf, described, hasType, resolved } from './schema-session.ts';
import type { SchemaSession } from '../schema/index.ts';
import {
  buildPath,
  matchVariables,
  plainVariable,
  splitTemplate,
  type TemplatePart,
} from './path-template.ts';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import type { AuthScheme, Operation } from '../../api/model.ts';
import type { OpenApiDocument, ParameterView } from '../document.ts';
import type { ParameterData, PathPiece } from '../encode/plan-data.ts';
import type { ArgumentDraft } from './draft.ts';

/** Longest description of one argument, characters. */
export const MAX_ARGUMENT_TEXT = 600;

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

/** A parameter that is sent. */
export interface ParameterDraft {
  /** Without the argument's name. */
  readonly data: Omit<ParameterData, 'argument'>;
  /** Undefined where the value is a constant. */
  readonly argument: ArgumentDraft | undefined;
  readonly constant: readonly Json[];
}

export interface ParametersDraft {
  /** Path parameters first, in the order of the template. */
  readonly parameters: readonly ParameterDraft[];
  readonly path: readonly PathPiece[];
  /** Names of the query and of cookies that credentials use. */
  readonly reservedNames: readonly string[];
}

/** @returns words where a required parameter cannot be sent at all */
export function readParameters(
  document: OpenApiDocument,
  operation: Operation,
  views: readonly ParameterView[],
  session: SchemaSession,
): ParametersDraft | string {
  const keys = apiKeys(document, operation);
  const declared = views.filter((view) => view.in === 'path');
  const template = splitTemplate(
    operation.place,
    declared.map((view) => view.name),
  );
  const inPath = pathParameters(document, operation, declared, template, session);
  const others: Read[] = [];
  for (const location of ['query', 'querystring', 'header', 'cookie'] as const) {
    for (const view of views) {
      if (view.in !== location || isOwn(view, keys)) continue;
      if (location === 'header' && !isHeaderName(view.name)) {
        if (view.isRequired)
          return `The header "${view.name}" is required and no header can be named so.`;
        document.resolver.repaired('A header whose name no header can have is left out.', view.at);
        continue;
      }
      others.push(parameterDraft(view, session));
    }
  }
  const deepArrays = others.some(hasDeepList) ? 'brackets' : 'repeat';
  const parameters = [...inPath.reads, ...others].map(({ parameter }) => ({
    ...parameter,
    data: { ...parameter.data, deepArrays } as const,
  }));
  const reservedNames = keys.filter((key) => key.location !== 'header').map((key) => key.parameter);
  const path = buildPath(template, (variable) => inPath.positions.get(variable) ?? 0);
  return { parameters, path, reservedNames };
}

/** A parameter with the schema that its value has. */
interface Read {
  readonly parameter: ParameterDraft;
  readonly schema: JsonObject;
}

/** Who writes lists themselves as deep objects means brackets: `expand[]=a`. */
function hasDeepList({ parameter, schema }: Read): boolean {
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
): { reads: Read[]; positions: ReadonlyMap<string, number> } {
  const variables = template.flatMap((part) => ('variable' in part ? [part.variable] : []));
  const meant = matchVariables(
    variables,
    declared.map((view) => view.name),
  );
  const positions = new Map<string, number>();
  const reads: Read[] = [];
  for (const variable of variables) {
    if (positions.has(variable)) continue;
    const view = declared[meant.get(variable) ?? -1];
    positions.set(variable, reads.length);
    reads.push(view === undefined ? undeclared(variable) : read(view, session));
  }
  const used = new Set(meant.values());
  for (const [at, view] of declared.entries()) {
    if (used.has(at)) continue;
    const what = `The path ${operation.place} has no place for the parameter "${view.name}".`;
    document.resolver.repaired(what, view.at);
  }
  return { reads, positions };
}

function read(view: ParameterView, session: SchemaSession): Read {
  const draft = parameterDraft(view, session);
  const data = { ...draft.parameter.data, isRequired: true };
  const argument = draft.parameter.argument;
  return {
    ...draft,
    parameter: {
      ...draft.parameter,
      data,
      argument: argument === undefined ? undefined : { ...argument, isRequired: true },
    },
  };
}

function undeclared(variable: string): Read {
  const name = plainVariable(variable);
  const schema = { type: 'string' };
  const argument: ArgumentDraft = {
    wire: name,
    title: name,
    location: 'path',
    isRequired: true,
    role: 'value',
    schema,
  };
  const data = {
    name,
    in: 'path',
    style: 'simple',
    explode: false,
    allowReserved: false,
    isRequired: true,
    mediaType: '',
    deepArrays: 'repeat',
  } as const;
  return { parameter: { data, argument, constant: [] }, schema };
}

function parameterDraft(view: ParameterView, session: SchemaSession): Read {
  const { name, in: location, style, explode, allowReserved, mediaType } = view;
  const isRequired = view.isRequired || location === 'path';
  const added = view.schema === undefined ? { type: 'string' } : session.add(view.schema);
  const schema = resolved(added, session);
  const constant = isRequired ? constantOf(schema) : undefined;
  const data = {
    name,
    in: location,
    style,
    explode,
    allowReserved,
    isRequired,
    mediaType,
    deepArrays: 'repeat',
  } as const;
  if (constant !== undefined) {
    return { parameter: { data, argument: undefined, constant: [constant] }, schema };
  }
  const argument: ArgumentDraft = {
    wire: name,
    title: name,
    location,
    isRequired,
    role: 'value',
    schema: described(added, describe(view, schema)),
  };
  return { parameter: { data, argument, constant: [] }, schema };
}

/** What the document says of it; an example only where it is short and nothing else tells it. */
function describe(view: ParameterView, schema: JsonObject): string {
  const own = view.description.trim();
  const inner = memberOf(schema, 'description');
  const text = cleanText(own === '' && typeof inner === 'string' ? inner : own, MAX_ARGUMENT_TEXT);
  const marked = view.isDeprecated && !/deprecated/i.test(text) ? `Deprecated. ${text}` : text;
  const example = exampleText(view.example);
  const isKnown =
    example === '' || text.includes(example) || memberOf(schema, 'enum') !== undefined;
  return isKnown
    ? marked.trim()
    : cutText(`${marked} Example: ${example}`.trim(), MAX_ARGUMENT_TEXT);
}

function exampleText(example: unknown): string {
  if (typeof example === 'number') return String(example);
  if (typeof example !== 'string') return '';
  const text = example.trim();
  return text.length <= 60 && !text.includes('\n') ? text : '';
}
