/** Asks an endpoint for its schema. */
import { getIntrospectionQuery } from 'graphql';
import { isJsonObject, type JsonObject, ownMember, stringifyExact } from '../../../kernel/index.ts';
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
  // Those that bound the depth of what they are asked bound this, too.
  { descriptions: false, typeDepth: 4 },
] as const;

/** What services of a federation tell of themselves, introspection or not. */
const SERVICE = 'query { _service { sdl } }';
const SWITCHED_OFF =
  /introspection.{0,60}(?:disabled|not allowed|not enabled|forbidden|denied|prohibited|disallowed|switched off|turned off|blocked)|(?:disable|forbid|block|not allow).{0,30}introspection|INTROSPECTION_DISABLED|(?:cannot query|undefined) field "?__schema/i;

/**
 * Asks with the gateway's own credentials, in several editions until one is answered, in the end for
 * what a service of a federation tells of itself.
 * @returns introspection as JSON text, or SDL; words that say why there is none and what to do
 */
export async function introspect(
  { caller, path }: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Buffer | string> {
  const ask = async (query: string, name: string): Promise<Reply> =>
    await caller.send(requestOf(query, name, {}, new Map(), path), [], {
      principal: undefined,
      signal,
      timeoutMs,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      pageUrl: '',
    });
  let first: Reply | undefined;
  for (const options of QUESTIONS) {
    const query = getIntrospectionQuery({ descriptions: true, ...options });
    const reply = await ask(query, 'IntrospectionQuery');
    const schema = memberIn(reply, '__schema');
    if (schema !== undefined) return Buffer.from(stringifyExact({ data: { __schema: schema } }));
    first ??= reply;
    if (!mayHelp(reply) || isSwitchedOff(reply)) break;
  }
  if (first === undefined || first.kind === 'broken') return whyNot(first);
  if (mayHelp(first)) {
    const service = memberIn(await ask(SERVICE, ''), '_service');
    const sdl = service === undefined ? undefined : ownMember(service, 'sdl');
    if (typeof sdl === 'string' && sdl !== '') return Buffer.from(sdl);
  }
  return whyNot(first);
}

function memberIn(reply: Reply, name: string): JsonObject | undefined {
  if (reply.kind !== 'answer' || reply.body.kind !== 'json') return undefined;
  const { value } = reply.body;
  const data = isJsonObject(value) ? ownMember(value, 'data') : undefined;
  const found = data !== undefined && isJsonObject(data) ? ownMember(data, name) : undefined;
  return found !== undefined && isJsonObject(found) ? found : undefined;
}

/** Whether it is a refusal of the question rather than of the asker. */
function mayHelp(reply: Reply): boolean {
  if (reply.kind === 'answer') return reply.body.kind === 'json';
  return reply.kind === 'failure' && /^(?:400|403|422|500)$/.test(reply.status);
}

function isSwitchedOff(reply: Reply): boolean {
  return SWITCHED_OFF.test(saidIn(reply));
}

function saidIn(reply: Reply): string {
  if (reply.kind === 'unsendable' || reply.kind === 'broken') return '';
  const value = reply.body.kind === 'json' ? reply.body.value : undefined;
  const errors =
    value !== undefined && isJsonObject(value) ? ownMember(value, 'errors') : undefined;
  const [fault] = readErrors(errors);
  return fault === undefined ? '' : fault.message || fault.code;
}

/** Why there is no schema, and what to do. */
function whyNot(reply: Reply | undefined): string {
  if (reply === undefined) return 'it was not asked.';
  if (reply.kind === 'unsendable' || reply.kind === 'broken') return reply.text;
  const said = saidIn(reply);
  const quoted = said === '' ? '' : `: ${JSON.stringify(said)}`;
  if (isSwitchedOff(reply)) return `introspection is switched off there${quoted}. ${BY_FILE}`;
  const answered = `it answered ${reply.status} to an introspection${quoted}.`;
  if (reply.kind === 'failure' && reply.class === 'unauthenticated') {
    return `${answered} Give it credentials (auth or headers of the entry, --header on the command line). ${BY_FILE}`;
  }
  const isGraphQl = reply.body.kind === 'json';
  const elsewhere = isGraphQl
    ? ''
    : ' That is no answer of GraphQL: look whether the address is right.';
  return `${answered}${elsewhere} ${BY_FILE}`;
}

const BY_FILE =
  'With a file of the schema (SDL, or an introspection as JSON) it need not be asked: set graphql.schema, or drawbridge add ./schema.graphql --url <address>.';
