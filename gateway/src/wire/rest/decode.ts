/**
 * A REST request becomes the call of 2026-07-28 that means the same. The body is put into it as it
 * came, so numbers and the order of members stay, and everything behind decode is one for all.
 */
import {
  ENVELOPE,
  LATEST_MODERN,
  ROOT,
  Refusal,
  type Awaitable,
  type Call,
  type Exchange,
  type JsonView,
  type MethodRow,
} from '../../kernel/index.ts';
import { header, mediaType } from '../headers.ts';
import { readJson } from '../json-rpc.ts';
import type { WireDeps } from '../ports.ts';
import { answerForm } from './accept.ts';
import { readApiPath } from './paths.ts';
import { CALL_TYPE } from './route.ts';

/** Levels noted in the call: message, params, and the members of `_meta` and `arguments`. */
const RECORD_DEPTH = 3;
/** The arguments stand this many levels below the call that is made of them. */
const FRAME_DEPTH = 2;

/** A question is handed on with the means to answer it, so it may be asked. */
const CAPABILITIES = '{"elicitation":{"form":{},"url":{}}}';
/** What a caller that reads events hears of the tool's own log. */
const LOG_LEVEL = 'info';

/**
 * Reads a call or a look at the description.
 * @returns the call, or `endpoint_unknown`, `not_json`, `json_too_deep`, `duplicate_key`,
 *   `params_invalid` and what reading the body refuses
 */
export function decodeRest(x: Exchange, deps: WireDeps): Awaitable<Call | Refusal> {
  const path = readApiPath(x.head.path);
  if (path === undefined) return new Refusal('endpoint_unknown');
  x.rawId = JSON.stringify(x.id);
  if (path.kind === 'description') return compose(x, 'tools/list', '', [], deps);
  const body = x.body.read(deps.maxBodyBytes);
  const read = (bytes: Buffer | Refusal): Call | Refusal => decodeCall(x, path.tool, bytes, deps);
  return body instanceof Promise ? body.then(read) : read(body);
}

function decodeCall(
  x: Exchange,
  tool: string,
  bytes: Buffer | Refusal,
  deps: WireDeps,
): Call | Refusal {
  if (bytes instanceof Refusal) return bytes;
  const isWhole = mediaType(header(x.head, 'content-type')) === CALL_TYPE;
  const members = isWhole
    ? readWhole(bytes, deps.maxJsonDepth - FRAME_DEPTH + 1)
    : readArguments(bytes, deps.maxJsonDepth - FRAME_DEPTH);
  return members instanceof Refusal ? members : compose(x, 'tools/call', tool, members, deps);
}

/** Members of `params`, each beginning with a comma: text, and bytes of the body in between. */
type Members = readonly (string | Buffer)[];

function readArguments(bytes: Buffer, maxDepth: number): Members | Refusal {
  if (bytes.length === 0) return [',"arguments":{}'];
  const view = readJson(bytes, maxDepth, 0);
  if (view instanceof Refusal) return view;
  return view.kind(ROOT) === 'object'
    ? [',"arguments":', view.slice(ROOT)]
    : invalid('The body must be a JSON object that holds the arguments of the tool.');
}

/** What a whole call may hold, and of which kind each member is. */
const MEMBERS = { arguments: 'object', inputResponses: 'object', requestState: 'string' } as const;

function readWhole(bytes: Buffer, maxDepth: number): Members | Refusal {
  const view = readJson(bytes, maxDepth, 1);
  if (view instanceof Refusal) return view;
  if (view.kind(ROOT) !== 'object') return invalid('The body must be a JSON object.');
  const unknown = view.children(ROOT).find((entry) => !Object.hasOwn(MEMBERS, view.key(entry)));
  if (unknown !== undefined) {
    const known = Object.keys(MEMBERS).join(', ');
    return invalid(
      `The member ${JSON.stringify(view.key(unknown).slice(0, 64))} is not known; a call has ${known}.`,
    );
  }
  const members: (string | Buffer)[] = [];
  for (const [name, kind] of Object.entries(MEMBERS)) {
    const entry = view.member(ROOT, name);
    if (entry >= 0 && view.kind(entry) !== kind) {
      return invalid(`The member "${name}" must be ${kind === 'object' ? 'an' : 'a'} ${kind}.`);
    }
    if (entry >= 0) members.push(`,"${name}":`, view.slice(entry));
  }
  return view.member(ROOT, 'arguments') < 0 ? [',"arguments":{}', ...members] : members;
}

function compose(
  x: Exchange,
  method: 'tools/call' | 'tools/list',
  name: string,
  members: Members,
  deps: WireDeps,
): Call | Refusal {
  const row = deps.methods.get(method);
  const isStream = method === 'tools/call' && answerForm(x.head) === 'stream';
  const clientInfo = clientInfoOf(header(x.head, 'user-agent'));
  const named = method === 'tools/call' ? `,"name":${JSON.stringify(name)}` : '';
  const start =
    `{"jsonrpc":"2.0","id":${x.rawId},"method":"${method}","params":` +
    `{"_meta":{${envelope(x.rawId, clientInfo, isStream)}}${named}`;
  const bytes = Buffer.concat([start, ...members, '}}'].map(toBytes));
  const view = readJson(bytes, deps.maxJsonDepth, RECORD_DEPTH);
  if (view instanceof Refusal) throw new Error(`a call made of a good body is not: ${view.text}`);
  return callOf(view, row, x.rawId, { method, name, clientInfo, isStream });
}

function toBytes(part: string | Buffer): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : part;
}

function callOf(
  view: JsonView,
  row: MethodRow | undefined,
  rawId: string,
  said: {
    readonly method: string;
    readonly name: string;
    readonly clientInfo: string;
    readonly isStream: boolean;
  },
): Call {
  const { isStream, ...rest } = said;
  const params = view.member(ROOT, 'params');
  return {
    ...rest,
    kind: 'request',
    row,
    rawId,
    view,
    params,
    meta: view.member(params, '_meta'),
    arguments: view.member(params, 'arguments'),
    rawProgressToken: isStream ? rawId : '',
    logLevel: isStream ? LOG_LEVEL : '',
    capabilities: CAPABILITIES,
    revision: LATEST_MODERN,
  };
}

function envelope(rawId: string, clientInfo: string, isStream: boolean): string {
  const members = [
    `${JSON.stringify(ENVELOPE.protocolVersion)}:"${LATEST_MODERN}"`,
    `${JSON.stringify(ENVELOPE.clientCapabilities)}:${CAPABILITIES}`,
  ];
  if (clientInfo !== '') members.push(`${JSON.stringify(ENVELOPE.clientInfo)}:${clientInfo}`);
  if (isStream) {
    members.push(`${JSON.stringify(ENVELOPE.logLevel)}:"${LOG_LEVEL}"`);
    members.push(`"progressToken":${rawId}`);
  }
  return members.join(',');
}

/** The first product that a caller names itself (RFC 9110, section 10.1.5). */
const PRODUCT = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64})(?:\/([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}))?/;

function clientInfoOf(userAgent: string): string {
  const [, name, version = ''] = PRODUCT.exec(userAgent) ?? [];
  return name === undefined ? '' : JSON.stringify({ name, version });
}

function invalid(text: string): Refusal {
  return new Refusal('params_invalid', { text });
}
