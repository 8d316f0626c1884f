/** How two imports differ in what holds for the API as a whole: where it is, and its credentials. */
import type { ApiIndex, AuthScheme } from '../../model.ts';
import { change, type Change } from './change.ts';

export function serverChanges(before: ApiIndex, after: ApiIndex): Change[] {
  const known = new Set(before.servers.map(hostOf));
  const changes: Change[] = [];
  for (const host of new Set(after.servers.map(hostOf))) {
    if (known.has(host)) continue;
    const text = `It names a server at another host: ${host || 'its own'}.`;
    changes.push(change('server', '', text, true));
  }
  const [was = '', is = ''] = [before.servers[0], after.servers[0]];
  if (changes.length === 0 && was !== is) {
    const text = `Its server was ${was || 'not named'} and is ${is || 'not named'}.`;
    changes.push(change('server', '', text));
  }
  return changes;
}

export function schemeChanges(before: ApiIndex, after: ApiIndex): Change[] {
  const known = new Map(before.schemes.map((scheme) => [scheme.name, scheme]));
  const present = new Set(after.schemes.map(({ name }) => name));
  const gone = before.schemes.filter(({ name }) => !present.has(name));
  return [
    ...gone.map(({ name }) => change('auth', '', `The scheme ${name} is gone.`)),
    ...after.schemes.flatMap((scheme) => oneScheme(known.get(scheme.name), scheme)),
  ];
}

/** Credentials that are sent somewhere else than before are sent to somebody else. */
function oneScheme(old: AuthScheme | undefined, scheme: AuthScheme): Change[] {
  const { name, words, tokenUrl } = scheme;
  if (old === undefined) return [change('auth', '', `The scheme ${name} is new: ${words}.`)];
  const changes: Change[] = [];
  if (old.words !== words) {
    const text = `The scheme ${name} wanted ${old.words} and wants ${words}.`;
    changes.push(change('auth', '', text, old.location !== scheme.location));
  }
  if (old.tokenUrl !== tokenUrl) {
    const [was, is] = [hostOf(old.tokenUrl), hostOf(tokenUrl)];
    const text = `The scheme ${name} gets its tokens at another address${was === is ? '' : `: ${is || 'none'}`}.`;
    changes.push(change('auth', '', text, was !== is));
  }
  return changes;
}

/** Host and port, `http:` said because it is not the same; '' for an address without one. */
export function hostOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '';
  return url.protocol === 'http:' ? `http://${url.host}` : url.host;
}
