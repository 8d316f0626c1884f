/** The body of a request (GraphQL over HTTP), made with as little work as there can be. */
import { type Json, type JsonObject, stringifyExact } from '../../../kernel/index.ts';
import type { CheckedArguments, FileValue } from '../../api/model.ts';
import { encodeParts, filePart, type Part } from '../../api/http/multipart.ts';
import type { HttpRequest } from '../../api/http/request.ts';
import { PAGE_SIZE, SELECTION, type RequestPlan } from '../compile/request-plan.ts';

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';
const JSON_HEADERS = ['content-type', 'application/json', 'accept', ACCEPT];

/** @param path of the endpoint */
export type RequestEncoder = (args: CheckedArguments, path: string) => HttpRequest;

/** An encoder of one operation; everything but the variables is written beforehand. */
export function createRequestEncoder(plan: RequestPlan): RequestEncoder {
  const { hasFiles, size, sizes } = plan;
  const start = startOf(plan.document, plan.operationName);
  return (args, path) => {
    const values = size === '' ? args.values : sized(args.values, size, sizes);
    return encode(start, values, hasFiles ? args.files : NO_FILES, path);
  };
}

/** @param values of the variables @param files by their variable, or the place in it */
export function requestOf(
  document: string,
  operationName: string,
  values: JsonObject,
  files: ReadonlyMap<string, FileValue>,
  path: string,
): HttpRequest {
  return encode(startOf(document, operationName), values, files, path);
}

const NO_FILES: ReadonlyMap<string, FileValue> = new Map();

function startOf(document: string, operationName: string): string {
  const named = operationName === '' ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  return `{"query":${JSON.stringify(document)}${named},"variables":`;
}

function encode(
  start: string,
  values: JsonObject,
  files: ReadonlyMap<string, FileValue>,
  path: string,
): HttpRequest {
  if (files.size > 0) return multipart(start, values, files, path);
  const body = Buffer.from(`${start}${stringifyExact(withoutOwn(values))}}`);
  return { kind: 'request', method: 'POST', server: '', path, headers: JSON_HEADERS, body };
}

function withoutOwn(values: JsonObject): JsonObject {
  if (!Object.hasOwn(values, SELECTION)) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== SELECTION));
}

/** Without a length of the page, many servers answer nothing, and others everything. */
function sized(values: JsonObject, size: string, sizes: readonly string[]): JsonObject {
  const isSaid = sizes.some((name) => Object.hasOwn(values, name) && values[name] !== null);
  return isSaid ? values : { ...values, [size]: PAGE_SIZE };
}

/** Files go beside the operation (GraphQL multipart request specification). */
function multipart(
  start: string,
  values: JsonObject,
  files: ReadonlyMap<string, FileValue>,
  path: string,
): HttpRequest {
  const given = [...files];
  // Those inside of a variable have null there already.
  const whole = given.filter(([place]) => !place.includes('/'));
  const empty = whole.map(([name]): [string, Json] => [name, null]);
  const variables = { ...withoutOwn(values), ...Object.fromEntries(empty) };
  const map = given.map(([place], at): [string, Json] => [
    String(at),
    [`variables.${place.replaceAll('/', '.')}`],
  ]);
  const body = encodeParts('multipart/form-data', [
    textPart('operations', `${start}${stringifyExact(variables)}}`),
    textPart('map', stringifyExact(Object.fromEntries(map))),
    ...given.map(([, file], at) => filePart(String(at), file)),
  ]);
  // Servers refuse forms of other sites by the lack of a header that only programs can set.
  const headers = [
    'content-type',
    body.contentType,
    'accept',
    ACCEPT,
    'apollo-require-preflight',
    'true',
    'graphql-require-preflight',
    '1',
  ];
  return { kind: 'request', method: 'POST', server: '', path, headers, body: body.bytes };
}

function textPart(name: string, text: string): Part {
  return { name, filename: '', contentType: '', headers: [], bytes: Buffer.from(text) };
}
