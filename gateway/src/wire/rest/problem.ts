/** Everything that is not a success, as problem details (RFC 9457). */
import {
  REASONS,
  type Refusal,
  docsAnchor,
  splice,
  type Exchange,
  type JsonView,
  type Edit,
} from '../../kernel/index.ts';
import { REST_STATUS, errorStatus, failureStatus } from './codes.ts';
import { CALL_TYPE, allowedMethods } from './route.ts';

/** An answer that an upstream, or the gateway in its place, gave: where it stands in its message. */
export interface Given {
  readonly view: JsonView;
  readonly value: number;
  readonly edits: readonly Edit[];
}

export interface Problem {
  readonly status: number;
  /** JSON text of the problem object. */
  readonly text: string;
  /** Names and values beside those of every problem. */
  readonly headers: readonly string[];
}

/** The vendor key under which a tool of an API says how its call failed. */
const FAILURE_KEY = 'dev.drawbridge/failure';
const DOCS = 'docs/rest.md';
/** Longest text of a tool that becomes a problem's detail; all of it stands in `content`. */
const MAX_DETAIL_CHARACTERS = 8192;

interface Words {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
}

/** @param members further members as JSON text, each beginning with a comma */
function problem(x: Exchange, words: Words, members = '', headers: string[] = []): Problem {
  const { type, title, status, detail, reason } = words;
  const known = JSON.stringify({ type, title, status, detail, reason, exchange: x.id });
  return { status, text: `${known.slice(0, -1)}${members}}`, headers };
}

const OWN_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'reason', 'exchange']);

/** A refusal of the gateway itself. */
export function refusalProblem(x: Exchange, refusal: Refusal): Problem {
  const { reason, detail } = refusal;
  const title = REASONS[reason].text;
  const status = REST_STATUS[reason];
  const headers: string[] = [];
  if (detail.retryAfterSeconds !== undefined) {
    headers.push('retry-after', String(detail.retryAfterSeconds));
  }
  if (detail.challenge !== undefined) headers.push('www-authenticate', detail.challenge);
  if (reason === 'http_method_not_allowed') headers.push('allow', allowedMethods(x.head.path));
  const members = Object.entries(detail.data ?? {})
    .filter(([name, value]) => !OWN_MEMBERS.has(name) && value !== undefined)
    .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join('');
  const words = { type: docsAnchor(reason), title, status, detail: detail.text ?? title, reason };
  return problem(x, words, members, headers);
}

/** A JSON-RPC error of the server behind the tool; it stands whole in `upstreamError`. */
export function errorProblem(x: Exchange, given: Given): Problem {
  const { view, value } = given;
  const status = errorStatus(view.raw(view.member(value, 'code')));
  const title = 'The server behind this tool answered with an error.';
  const said = view.string(view.member(value, 'message')) ?? '';
  return problem(
    x,
    {
      type: `${DOCS}#upstream_error`,
      title,
      status,
      detail: said === '' ? title : said.slice(0, MAX_DETAIL_CHARACTERS),
      reason: 'upstream_error',
    },
    `,"upstreamError":${rawPart(given, value)}`,
  );
}

/** A result with `isError`: the tool took the call and says no. */
export function toolProblem(x: Exchange, given: Given, said: string): Problem {
  const { view, value } = given;
  const failure = failureOf(given);
  const title = 'The tool reports an error.';
  const upstream =
    failure.status === '' ? '' : `,"upstreamStatus":${JSON.stringify(failure.status)}`;
  const members = (['content', 'structuredContent'] as const)
    .map((name) => [name, view.member(value, name)] as const)
    .filter(([, entry]) => entry >= 0)
    .map(([name, entry]) => `,"${name}":${rawPart(given, entry)}`);
  return problem(
    x,
    {
      type: `${DOCS}#tool_error`,
      title,
      status: failureStatus(failure.status, failure.class),
      detail: said === '' ? title : said.slice(0, MAX_DETAIL_CHARACTERS),
      reason: 'tool_error',
    },
    `${upstream}${members.join('')}`,
  );
}

function failureOf({ view, value }: Given): { readonly class: string; readonly status: string } {
  const entry = view.member(view.member(value, '_meta'), FAILURE_KEY);
  const failure: unknown = view.kind(entry) === 'object' ? view.value(entry) : {};
  return { class: textAt(failure, 'class'), status: textAt(failure, 'status') };
}

function textAt(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
  const member: unknown = Reflect.get(value, key);
  return typeof member === 'string' || typeof member === 'number' ? String(member) : '';
}

/** A question of the tool (2026-07-28, multi round-trip requests), and how to answer it. */
export function questionProblem(x: Exchange, given: Given): Problem {
  const { view, value } = given;
  const members = (['inputRequests', 'requestState'] as const)
    .map((name) => [name, view.member(value, name)] as const)
    .filter(([, entry]) => entry >= 0)
    .map(([name, entry]) => `,"${name}":${rawPart(given, entry)}`);
  const resume = { method: 'POST', url: x.head.path, contentType: CALL_TYPE };
  return problem(
    x,
    {
      type: `${DOCS}#input_required`,
      title: 'The tool asks a question before it goes on.',
      status: 409,
      detail:
        `Send the call again as ${CALL_TYPE}: {"arguments": the same as before, ` +
        `"inputResponses": an answer under each key of inputRequests, "requestState": as it is here}.`,
      reason: 'input_required',
    },
    `${members.join('')},"resume":${JSON.stringify(resume)}`,
  );
}

/** A value as it was given, with the edits that fall into it. */
export function rawPart({ view, edits }: Given, entry: number): string {
  return partBytes({ view, value: entry, edits }).toString('utf8');
}

/** The bytes of a value as it was given, with the edits that fall into it. */
export function partBytes({ view, value, edits }: Given): Buffer {
  const [start, end] = [view.start(value), view.end(value)];
  const inside = edits.filter((edit) => edit.start >= start && edit.end <= end);
  return splice(view.bytes, inside, start, end);
}
