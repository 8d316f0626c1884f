/** What an endpoint answered, as a reply: data, part of it, or why there is none. */
import { isJsonObject, type Json, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { Reply } from '../../api/model.ts';
import { classOf, readErrors, type GraphQlFault } from './errors.ts';

type Answer = Extract<Reply, { readonly kind: 'answer' }>;
type Failure = Extract<Reply, { readonly kind: 'failure' }>;

const MAX_TOLD = 5;

/**
 * Reads a response (GraphQL over HTTP; GraphQL, section 7).
 * @param root the field whose value is the answer; '' for all of `data`
 */
export function readReply(reply: Reply, root: string): Reply {
  if (reply.kind === 'failure') return readFailure(reply, root);
  if (reply.kind !== 'answer') return reply;
  const { body } = reply;
  if (body.kind !== 'json' || !isJsonObject(body.value)) return notGraphQl();
  const data = ownMember(body.value, 'data');
  const faults = readErrors(ownMember(body.value, 'errors'));
  if (data === undefined && faults.length === 0) return notGraphQl();
  if (isJsonObject(data ?? null)) return readData(reply, body.value, data ?? null, faults, root);
  if (faults.length === 0) return answerOf(reply, null, [], root);
  return failureOf(reply.status, body.value, faults);
}

function readData(
  reply: Answer,
  whole: JsonObject,
  data: Json,
  faults: readonly GraphQlFault[],
  root: string,
): Reply {
  const value = root === '' || !isJsonObject(data) ? data : (ownMember(data, root) ?? null);
  const isNothing =
    value === null || (root === '' && isJsonObject(value) && Object.values(value).every(isNull));
  return isNothing && faults.length > 0
    ? failureOf(reply.status, whole, faults)
    : answerOf(reply, value, faults, root);
}

function isNull(value: Json): boolean {
  return value === null;
}

function answerOf(
  reply: Answer,
  value: Json,
  faults: readonly GraphQlFault[],
  root: string,
): Reply {
  const answer: Reply = { ...reply, body: { kind: 'json', value } };
  return faults.length === 0 ? answer : { ...answer, note: partialNote(faults, root) };
}

/** `Part of the answer is missing: orders.0.customer ("not allowed").` */
function partialNote(faults: readonly GraphQlFault[], root: string): string {
  const told = faults.slice(0, MAX_TOLD).map(({ path: whole, message, code }) => {
    const path = root !== '' && whole.startsWith(`${root}.`) ? whole.slice(root.length + 1) : whole;
    const said = JSON.stringify(message === '' ? code : message);
    return path === '' ? said : `${path} (${said})`;
  });
  const more = faults.length > MAX_TOLD ? ` and ${faults.length - MAX_TOLD} more` : '';
  return `Part of the answer is missing; the API says why, as data: ${told.join('; ')}${more}.`;
}

function failureOf(status: string, whole: JsonObject, faults: readonly GraphQlFault[]): Reply {
  return {
    kind: 'failure',
    class: classOf(faults),
    status: statusOf(status, faults),
    body: { kind: 'json', value: { errors: ownMember(whole, 'errors') ?? [] } },
    complaints: faults.flatMap(({ complaints }) => complaints),
    retryAfterMs: -1,
    authHint: '',
  };
}

function statusOf(status: string, faults: readonly GraphQlFault[]): string {
  const code = faults.find((fault) => fault.code !== '')?.code ?? '';
  return `${status} with ${code === '' ? 'errors of GraphQL' : `the error ${code}`}`;
}

/** An HTTP error may hold a response, too, which knows more than the status. */
function readFailure(reply: Failure, root: string): Reply {
  const { body, status } = reply;
  if (body.kind !== 'json' || !isJsonObject(body.value)) return reply;
  const faults = readErrors(ownMember(body.value, 'errors'));
  if (faults.length === 0) return reply;
  const data = ownMember(body.value, 'data') ?? null;
  if (isJsonObject(data)) {
    const partial = { kind: 'answer', status, body, nextUrl: '' } as const;
    const read = readData(partial, body.value, data, faults, root);
    if (read.kind === 'answer') return read;
  }
  const isVague = reply.class === 'invalid' || reply.class === 'server_error';
  const found = isVague ? classOf(faults) : reply.class;
  return {
    ...reply,
    class: found === 'other' ? reply.class : found,
    status: statusOf(status, faults),
    complaints: faults.flatMap(({ complaints }) => complaints),
  };
}

function notGraphQl(): Reply {
  const text = 'It answered, but not as GraphQL does; the address may be that of something else.';
  return { kind: 'broken', reason: 'upstream_invalid', text };
}
