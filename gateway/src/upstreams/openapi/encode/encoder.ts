/** One closure per operation: arguments in, request out. */
import { compileBody, type BodyEncoder } from './body.ts';
import { compileParameter, spreadsNames, type ParameterEncoder } from './parameters.ts';
import { compilePath, type PathWriter } from './path.ts';
import { isRequestPlan, type ParameterData, type RequestPlan } from './plan-data.ts';
import { unsendable, type HttpRequest, type Unsendable } from '../../api/http/request.ts';
import { isJsonObject, type Json, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { CheckedArguments, OperationPlan } from '../../api/model.ts';

export type RequestEncoder = (args: CheckedArguments) => HttpRequest | Unsendable;

/** A parameter as a closure, and where its value comes from. */
interface Bound {
  readonly data: ParameterData;
  readonly encode: ParameterEncoder;
  readonly constant: Json | undefined;
}

/**
 * Builds the encoder of an operation. It refuses, as values, what cannot be sent: a path segment
 * that would be empty or climb, a line break in a header, members that would overwrite another
 * parameter.
 * @throws TypeError where the plan was not made by this version
 */
export function createEncoder(plan: OperationPlan): RequestEncoder {
  const request = plan.request;
  if (!isRequestPlan(request)) throw new TypeError('The plan was made by another version.');
  const bound = request.parameters.map(({ data, constant }) => ({
    data,
    encode: compileParameter(data),
    constant: constant[0],
  }));
  const writePath = compilePath(request.path, (at) => bound[at]?.data.argument ?? '');
  const taken = takenNames(request);
  const encodeBody = request.body === null ? undefined : compileBody(request.body);
  return (args) => encodeRequest(request, bound, writePath, taken, encodeBody, args);
}

function encodeRequest(
  plan: RequestPlan,
  bound: readonly Bound[],
  writePath: PathWriter,
  taken: ReadonlySet<string>,
  encodeBody: BodyEncoder | undefined,
  args: CheckedArguments,
): HttpRequest | Unsendable {
  const texts: (string | null)[] = [];
  for (const parameter of bound) {
    const text = encodeOne(parameter, taken, args.values);
    if (typeof text === 'object' && text !== null) return text;
    texts.push(text);
  }
  const path = writePath((at) => texts[at] ?? '');
  if (typeof path !== 'string') return path;
  const body = encodeBody?.(args) ?? null;
  if (body !== null && 'kind' in body) return body;
  const headers = ['Accept', plan.accept];
  if (body !== null) headers.push('Content-Type', body.contentType);
  const query = addParts(bound, texts, headers);
  const joint = path.includes('?') ? '&' : '?';
  return {
    kind: 'request',
    method: plan.method,
    server: plan.server,
    path: query === '' ? path : path + joint + query,
    headers,
    body: body === null ? null : body.bytes,
  };
}

/** Adds headers and cookies. @returns the query */
function addParts(
  bound: readonly Bound[],
  texts: readonly (string | null)[],
  headers: string[],
): string {
  const queries: string[] = [];
  const cookies: string[] = [];
  for (const [at, { data }] of bound.entries()) {
    const text = texts[at];
    if (text === null || text === undefined) continue;
    if (data.in === 'header') headers.push(data.name, text);
    else if (data.in === 'cookie') cookies.push(text);
    else if (data.in !== 'path' && text !== '') queries.push(text);
  }
  if (cookies.length > 0) headers.push('Cookie', cookies.join('; '));
  return queries.join('&');
}

function encodeOne(
  parameter: Bound,
  taken: ReadonlySet<string>,
  values: JsonObject,
): string | null | Unsendable {
  const { data, constant } = parameter;
  const value = ownMember(values, data.argument) ?? constant;
  if (value === undefined) {
    if (data.in !== 'path') return null;
    return unsendable(data.argument, 'It stands in the path and must be given.');
  }
  if (isJsonObject(value) && spreadsNames(data, value)) {
    const name = Object.keys(value).find((key) => taken.has(`${data.in} ${key}`));
    if (name !== undefined) {
      return unsendable(data.argument, `Its member "${name}" has the name of another parameter.`);
    }
  }
  return parameter.encode(value);
}

/** What members of a value may not overwrite, as `query name`. */
function takenNames(plan: RequestPlan): Set<string> {
  const names = new Set<string>();
  const add = (name: string): void => {
    for (const location of ['query', 'cookie', 'querystring']) names.add(`${location} ${name}`);
  };
  for (const { data } of plan.parameters) {
    const isPair = data.in === 'query' || data.in === 'cookie';
    if (isPair) names.add(`${data.in} ${data.name}`);
  }
  for (const name of plan.reservedNames) add(name);
  return names;
}
