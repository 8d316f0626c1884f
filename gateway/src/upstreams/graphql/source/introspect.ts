/** Asks an endpoint for its schema. */
import { getIntrospectionQuery } from 'graphql';
import { isJsonObject, type Json, ownMember, stringifyExact } from '../../../kernel/index.ts';
import type { Reply } from '../../api/model.ts';
import type { Endpoint } from '../call/endpoint.ts';
import { readErrors } from '../call/errors.ts';
import { requestOf } from '../call/request.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Servers of older editions refuse what they do not know, so the newest questions go first. */
const QUESTIONS = [
  { specifiedByUrl: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true },
  { inputValueDeprecation: true },
  {},
] as const;

/**
 * Asks with the gateway's own credentials, in three editions until one is answered.
 * @returns the answer as JSON text, or words
 */
export async function introspect(
  { caller, path }: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Buffer | string> {
  let why = '';
  for (const options of QUESTIONS) {
    const query = getIntrospectionQuery({ descriptions: true, ...options });
    const request = requestOf(query, 'IntrospectionQuery', {}, new Map(), path);
    const reply = await caller.send(request, [], {
      principal: undefined,
      signal,
      timeoutMs,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      pageUrl: '',
    });
    const schema = schemaIn(reply);
    if (schema !== undefined) return Buffer.from(stringifyExact({ data: { __schema: schema } }));
    if (reply.kind === 'broken') return reply.text;
    why ||= wordsOf(reply);
    if (!mayHelp(reply)) break;
  }
  return why;
}

function schemaIn(reply: Reply): Json | undefined {
  if (reply.kind !== 'answer' || reply.body.kind !== 'json') return undefined;
  const { value } = reply.body;
  const data = isJsonObject(value) ? ownMember(value, 'data') : undefined;
  const schema = data !== undefined && isJsonObject(data) ? ownMember(data, '__schema') : undefined;
  return schema !== undefined && isJsonObject(schema) ? schema : undefined;
}

/** Whether it is a refusal of the question rather than of the asker. */
function mayHelp(reply: Reply): boolean {
  if (reply.kind === 'answer') return reply.body.kind === 'json';
  return reply.kind === 'failure' && /^(?:400|422|500)$/.test(reply.status);
}

function wordsOf(reply: Reply): string {
  if (reply.kind === 'unsendable' || reply.kind === 'broken') return reply.text;
  const value = reply.body.kind === 'json' ? reply.body.value : undefined;
  const errors =
    value !== undefined && isJsonObject(value) ? ownMember(value, 'errors') : undefined;
  const [fault] = readErrors(errors);
  const said =
    fault === undefined || fault.message === '' ? '' : `: ${JSON.stringify(fault.message)}`;
  return `it answered ${reply.status} to an introspection${said}`;
}
