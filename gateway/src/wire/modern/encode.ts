/** Answers in 2026-07-28: `resultType` always, cache hints where they are due, our own identity. */
import {
  ENVELOPE,
  EXTENSIONS,
  LATEST_MODERN,
  REASON_KEY,
  Refusal,
  addMembers,
  declaresTasks,
  extensionsIn,
  replaceValue,
  type AnswerMessage,
  type Edit,
  type Exchange,
} from '../../kernel/index.ts';
import { NO_EDITS, resultTypeOf, unknownResult, type DialectEncoder } from '../dialect.ts';
import { MODERN_CODES } from './codes.ts';

/** Codes of JSON-RPC errors of an upstream that have an HTTP status of their own. */
const ERROR_STATUS: Readonly<Record<string, number>> = {
  '-32601': 404,
  '-32020': 400,
  '-32021': 400,
  '-32022': 400,
};

/** Codes that only legacy peers use or that speak of the hop between us and the upstream. */
const RESOURCE_NOT_FOUND = '-32002';
const URL_ELICITATION_REQUIRED = '-32042';
const HOP_ERRORS: ReadonlySet<string> = new Set(['-32020', '-32022']);

/** @param serverInfo our own Implementation as JSON text */
export function modernEncoder(serverInfo: string): DialectEncoder {
  const identity = `"_meta":{${JSON.stringify(ENVELOPE.serverInfo)}:${serverInfo}}`;
  return {
    codes: MODERN_CODES,
    refuses: (x, message) =>
      message.kind === 'error' ? refuseError(message) : refuseResult(x, message),
    translate: (x, message) =>
      message.kind === 'error'
        ? translateError(x, message)
        : translateResult(x, message, serverInfo),
    status: errorStatus,
    localResult: ({ result, cache, isQuestion }) => {
      const type = isQuestion === true ? 'input_required' : 'complete';
      const hints =
        cache === undefined ? '' : `,"ttlMs":${cache.ttlMs},"cacheScope":"${cache.scope}"`;
      const own = withIdentity(result, serverInfo);
      const rest = own ?? (result === '{}' ? `{${identity}}` : `{${identity},${result.slice(1)}`);
      return `{"resultType":"${type}"${hints},${rest.slice(1)}`;
    },
    toolErrorMembers: (reason) =>
      `"resultType":"complete",${identity.slice(0, -1)},${JSON.stringify(REASON_KEY)}:"${reason}"},`,
  };
}

const META = '"_meta":{';

/**
 * Local results write `_meta` last; ours goes in front of what it holds. Undefined where the result
 * has none of its own, whatever stands deeper in it.
 */
function withIdentity(result: string, serverInfo: string): string | undefined {
  const at = result.endsWith('}}') ? result.lastIndexOf(META) : -1;
  const open = at + META.length;
  if (at < 0 || objectEnd(result, open) !== result.length - 1) return undefined;
  const member = `${JSON.stringify(ENVELOPE.serverInfo)}:${serverInfo}`;
  const separator = result[open] === '}' ? '' : ',';
  return `${result.slice(0, open)}${member}${separator}${result.slice(open)}`;
}

/** The offset behind the object whose opening brace stands just before `from`. */
function objectEnd(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at);
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at + 1;
  }
  return text.length;
}

/** The offset of the quote that ends the string which begins at `from`. */
function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** A result type of an extension is for callers that declared extensions (2026-07-28, results). */
function refuseResult(x: Exchange, message: AnswerMessage): Refusal | undefined {
  if (message.era === 'legacy') return undefined;
  const type = resultTypeOf(message);
  if (type === 'complete' || type === 'input_required') return undefined;
  return declaresType(x, type) ? undefined : unknownResult(x, type);
}

/** Of extensions that the gateway does not know, nobody knows which types they have. */
function declaresType({ call }: Exchange, type: string): boolean {
  const capabilities = call?.capabilities ?? '';
  if (type === 'task') return call?.method === 'tools/call' && declaresTasks(capabilities);
  return Object.keys(extensionsIn(capabilities) ?? {}).some((name) => name !== EXTENSIONS.tasks);
}

function translateResult(
  x: Exchange,
  { view, value, era }: AnswerMessage,
  serverInfo: string,
): readonly Edit[] {
  const meta = view.member(value, '_meta');
  const info = meta < 0 ? -1 : view.member(meta, ENVELOPE.serverInfo);
  const edits: Edit[] = info < 0 ? [] : [replaceValue(view, info, serverInfo)];
  if (era === 'modern') return edits;
  const type = view.member(value, 'resultType');
  // Its era has no kinds of results, so whatever it means by this, the result is complete.
  if (type >= 0 && !view.isWritten(type, '"complete"')) {
    edits.push(replaceValue(view, type, '"complete"'));
  }
  let members = type < 0 ? '"resultType":"complete"' : '';
  if (x.call?.method === 'resources/read') {
    if (view.member(value, 'ttlMs') < 0) members += `${members === '' ? '' : ','}"ttlMs":0`;
    if (view.member(value, 'cacheScope') < 0) members += ',"cacheScope":"private"';
  }
  if (members !== '') edits.push(addMembers(view, value, members.replace(/^,/, '')));
  return edits;
}

function translateError(x: Exchange, { view, value }: AnswerMessage): readonly Edit[] {
  const code = view.member(value, 'code');
  if (view.raw(code) !== RESOURCE_NOT_FOUND) return NO_EDITS;
  return [replaceValue(view, code, '-32602'), ...resourceData(x, view, value)];
}

function refuseError({ view, value }: AnswerMessage): Refusal | undefined {
  const text = view.raw(view.member(value, 'code'));
  if (text === URL_ELICITATION_REQUIRED) return new Refusal('interaction_unsupported');
  if (HOP_ERRORS.has(text)) {
    return new Refusal('upstream_invalid', {
      text: `It does not take revision ${LATEST_MODERN} as the gateway sent it.`,
    });
  }
  return undefined;
}

/** A missing resource names the URI the caller asked for (2026-07-28, resources, error handling). */
function resourceData(x: Exchange, view: AnswerMessage['view'], error: number): Edit[] {
  if (x.call === undefined || x.call.name === '') return [];
  const uri = JSON.stringify(x.call.name);
  const data = view.member(error, 'data');
  if (data < 0) return [addMembers(view, error, `"data":{"uri":${uri}}`)];
  if (view.kind(data) !== 'object') return [];
  const theirs = view.member(data, 'uri');
  if (theirs >= 0) return [replaceValue(view, theirs, uri)];
  return [addMembers(view, data, `"uri":${uri}`)];
}

function errorStatus({ kind, view, value }: AnswerMessage): number {
  if (kind === 'result') return 200;
  return ERROR_STATUS[view.raw(view.member(value, 'code'))] ?? 200;
}
