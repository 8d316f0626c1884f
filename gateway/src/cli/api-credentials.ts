/** Places for the credentials of an API in its entry, to be filled from the environment. */
import { escapePlaceholders } from '../config/index.ts';
import type { PreviewReport } from '../upstreams/index.ts';
import { passwordPlace, type DatabaseLogin } from './database-login.ts';

export interface CredentialPlaces {
  /** `auth.schemes` of the entry; undefined where the API needs none. */
  readonly schemes: Readonly<Record<string, unknown>> | undefined;
  /** `auth.basic` of the entry. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** Variables that are to be set, and what belongs into each. */
  readonly variables: readonly { readonly name: string; readonly words: string }[];
  /** Schemes that some operations need and that have no place. */
  readonly left: readonly string[];
}

type Auth = PreviewReport['auth'];

/** Share of the operations that the places are for; schemes that only few need are left out. */
const ENOUGH = 0.9;

/** The fewest schemes with which nearly all operations can be called. */
export function credentialPlaces(id: string, auth: Auth): CredentialPlaces {
  const chosen = chooseSchemes(auth);
  const known = auth.schemes.filter(({ scheme }) => chosen.has(scheme));
  const left = auth.schemes.filter(
    ({ scheme, operations }) => operations > 0 && !chosen.has(scheme),
  );
  const schemes: [string, unknown][] = [];
  const variables: { name: string; words: string }[] = [];
  const base = variableName(id);
  const place = (name: string, words: string): string => {
    variables.push({ name, words });
    return `\${${name}}`;
  };
  for (const { scheme, kind, words } of known) {
    const prefix = known.length === 1 ? base : `${base}_${variableName(scheme)}`;
    if (kind === 'basic') {
      const username = place(`${prefix}_USERNAME`, 'user name');
      const password = place(`${prefix}_PASSWORD`, 'password');
      schemes.push([scheme, { username, password }]);
    } else {
      const name = known.length === 1 ? `${prefix}_KEY` : prefix;
      schemes.push([scheme, place(name, words)]);
    }
  }
  return {
    schemes: schemes.length === 0 ? undefined : Object.fromEntries(schemes),
    variables,
    left: left.map(({ scheme }) => scheme),
  };
}

/** The password that was typed stays out of the file: a variable stands for it. */
export function withLogin(
  places: CredentialPlaces,
  login: DatabaseLogin,
  id: string,
): CredentialPlaces {
  const { text, variable } = passwordPlace(login, `${variableName(id)}_PASSWORD`);
  const words = `password of the database user ${login.username}`;
  const variables = variable === '' ? [] : [{ name: variable, words }];
  return {
    ...places,
    basic: { username: escapePlaceholders(login.username), password: text },
    variables: [...places.variables, ...variables],
  };
}

function chooseSchemes({ needs, schemes }: Auth): ReadonlySet<string> {
  const usable = new Set(
    schemes.filter(({ kind }) => kind !== 'mutual_tls').map(({ scheme }) => scheme),
  );
  const all = needs.reduce((sum, { operations }) => sum + operations, 0);
  const chosen = new Set<string>();
  let covered = 0;
  for (const { choices, operations } of needs) {
    if (covered >= all * ENOUGH) break;
    const possible = choices.filter((names) => names.every((name) => usable.has(name)));
    const missing = (names: readonly string[]): number =>
      names.filter((name) => !chosen.has(name)).length;
    const [best] = possible.toSorted((a, b) => missing(a) - missing(b));
    if (best === undefined) continue;
    for (const name of best) chosen.add(name);
    covered += operations;
  }
  return chosen;
}

function variableName(text: string): string {
  const name = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[A-Z]/.test(name) ? name : `API_${name}`;
}
