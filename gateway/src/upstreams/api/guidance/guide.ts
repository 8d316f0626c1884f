/**
 * What a model reads where an API did not answer: what to change or to do next, in the names of the
 * tool's own arguments. Holds no secret and no address.
 */
import { listed } from '../arguments/problem.ts';
import type { Operation } from '../model.ts';
import { apiWords, quotable } from './api-words.ts';
import { argumentPlace } from './argument-names.ts';
import { authLines } from './auth-words.ts';
import type { Failed, Failure, Unsendable } from './failed.ts';
import { listersFor, readersOf } from './neighbours.ts';

const MAX_COMPLAINTS = 10;
const MAX_COMPLAINT_CHARS = 300;

/** @returns text whose first line says what to change or to do */
export function guide(reply: Failure | Unsendable, failed: Failed): string {
  if (reply.kind === 'unsendable') {
    return `${reply.argument} cannot be sent: ${reply.text}\nNothing was sent to the API.`;
  }
  const lines = [...advice(reply, failed), `The API answered ${quotable(reply.status, 60)}.`];
  const words = apiWords(reply.body);
  if (words !== '') lines.push(words);
  return lines.join('\n');
}

function advice(reply: Failure, failed: Failed): readonly string[] {
  switch (reply.class) {
    case 'invalid':
      return (
        complaints(reply, failed) ?? [
          'Change the arguments: the API takes the call, but not with these values.',
        ]
      );
    case 'unauthenticated':
    case 'forbidden':
      return authLines(reply, failed);
    case 'not_found':
      return notFound(failed);
    case 'conflict':
      return conflict(reply, failed);
    case 'too_large':
      return ['Send less: what was sent is larger than the API takes.'];
    case 'unsupported':
      return unsupported(failed);
    case 'rate_limited':
      return [`${waiting(reply)}, then call again: the API takes no more calls for now.`];
    case 'server_error':
      return serverError(reply, failed);
    case 'redirect':
      return [
        'Do not call again: the API sent the call on to another place, where the gateway does not follow.',
        `Whoever runs the gateway can set the right address at upstreams.${failed.upstream}.`,
      ];
    case 'other':
      return complaints(reply, failed) ?? ['The API did not carry the call out.'];
  }
}

function complaints(reply: Failure, { plan }: Failed): readonly string[] | undefined {
  if (reply.complaints.length === 0) return undefined;
  const told = reply.complaints.slice(0, MAX_COMPLAINTS).map(({ wire, text }) => ({
    place: argumentPlace(wire, plan.arguments) || 'the arguments',
    text: JSON.stringify(quotable(text, MAX_COMPLAINT_CHARS)),
  }));
  const [first] = told;
  if (told.length === 1 && first !== undefined) {
    return [`Change ${first.place}: the API says of it ${first.text}.`];
  }
  const places = [...new Set(told.map(({ place }) => place))];
  const lines = told.map(({ place, text }) => `- ${place}: ${text}`);
  const more = reply.complaints.length - told.length;
  if (more > 0) lines.push(`- and ${more} more.`);
  return [`Change ${listed(places, 'and')}. The API says of them:`, ...lines];
}

function notFound(failed: Failed): readonly string[] {
  const { operation, index, plan } = failed;
  const names = plan.arguments
    .filter(({ location }) => location === 'path')
    .map((each) => each.name);
  const lister = firstSeen(listersFor(operation, index.operations), failed);
  if (names.length === 0) {
    return ['There is nothing at this address of the API; calling again will not change that.'];
  }
  const told = `Change ${listed(names, 'or')}: the API knows nothing by ${names.length === 1 ? 'this value' : 'these values'}.`;
  return lister === undefined ? [told] : [told, `The tool ${lister} lists what there is.`];
}

function conflict(reply: Failure, failed: Failed): readonly string[] {
  const reader = firstSeen(readersOf(failed.operation, failed.index.operations), failed);
  const how = reader === undefined ? '' : ` with the tool ${reader}`;
  const told = `Read the current state${how} first, then decide again: the call does not fit it.`;
  return [told, ...(complaints(reply, failed) ?? [])];
}

function unsupported({ operation, upstream }: Failed): readonly string[] {
  const { line, source } = operation.at;
  const place = line > 0 ? ` at line ${line}${source === '' ? '' : ` of ${source}`}` : '';
  return [
    'Do not change the arguments: the API does not take or give the form that its document names.',
    `Whoever runs the gateway should compare the document of upstreams.${upstream}${place} with the API.`,
  ];
}

function serverError(reply: Failure, { operation }: Failed): readonly string[] {
  const told = 'The arguments are not to blame: the API itself failed.';
  if (operation.effects.effect === 'read' || operation.effects.isIdempotent) {
    return [told, `${waiting(reply)}, then call again: doing so is safe.`];
  }
  return [told, 'The call may have been carried out all the same: look before calling again.'];
}

function waiting({ retryAfterMs }: Failure): string {
  if (retryAfterMs < 0) return 'Wait a moment';
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return `Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}

function firstSeen(operations: readonly Operation[], failed: Failed): string | undefined {
  for (const operation of operations) {
    const name = failed.toolName(operation);
    if (name !== undefined) return name;
  }
  return undefined;
}
