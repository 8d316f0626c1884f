/** Who has to give what, where an API takes the gateway's credentials for none or for too little. */
import { listed } from '../arguments/problem.ts';
import type { AuthSlot } from '../model.ts';
import type { Failed, Failure } from './failed.ts';

const MAX_SCOPES = 10;

/** The model cannot help it; the operator can. */
export function authLines(reply: Failure, failed: Failed): readonly string[] {
  const { upstream } = failed;
  const isForbidden = reply.class === 'forbidden';
  const lines = [
    isForbidden
      ? 'Do not call again as it is: the credentials that the gateway has for this API do not allow this.'
      : 'Do not call again as it is: the API wants valid credentials, which are no arguments; the gateway adds them.',
  ];
  const needed = neededWords(failed);
  if (needed !== '') lines.push(`This operation needs ${needed}.`);
  if (reply.authHint !== '') lines.push(`What would help: ${reply.authHint}`);
  else if (!isForbidden) lines.push('What the gateway sent was not accepted.');
  lines.push(`Whoever runs the gateway sets ${settingsOf(failed)} of upstreams.${upstream}.`);
  return lines;
}

/** `auth.schemes.key`, `auth.schemes.app and auth.schemes.user`, or `auth` where nothing is named. */
function settingsOf({ operation }: Failed): string {
  const choices = operation.auth
    .filter((slots) => slots.length > 0)
    .map((slots) =>
      listed(
        slots.map(({ scheme }) => `auth.schemes.${scheme}`),
        'and',
      ),
    );
  return choices.slice(0, 4).join(', or ') || 'auth';
}

/** `petstore_auth with the scopes read:pets, or api_key (API key in the header X-Key)`. */
function neededWords({ operation, index }: Failed): string {
  const words = new Map(index.schemes.map((scheme) => [scheme.name, scheme.words]));
  const choices = operation.auth
    .filter((slots) => slots.length > 0)
    .map((slots) =>
      listed(
        slots.map((slot) => slotWords(slot, words)),
        'and',
      ),
    );
  return choices.slice(0, 4).join(', or ');
}

function slotWords({ scheme, scopes }: AuthSlot, words: ReadonlyMap<string, string>): string {
  const what = words.get(scheme) ?? '';
  const name = what === '' ? scheme : `${scheme} (${what})`;
  if (scopes.length === 0) return name;
  const some = scopes.slice(0, MAX_SCOPES);
  return `${name} with the ${some.length === 1 ? 'scope' : 'scopes'} ${listed(some, 'and')}`;
}
