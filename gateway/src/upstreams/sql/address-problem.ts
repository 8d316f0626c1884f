/** What is wrong with the written address of a database, so that nothing in it is silently passed over. */
import { dialectOf } from './dialect.ts';

export const ADDRESS_FORMS =
  'postgres://…, mysql://…, sqlite:<path> or the path of a .db or .sqlite file';

const OFF = /^disabled?$/i;
const ON = /^(?:require|required|verify[-_](?:ca|full|identity))$/i;
const PARAMETERS: ReadonlySet<string> = new Set(['host', 'sslmode', 'ssl-mode']);
/** Parameters of other clients, and where the same is said here. */
const ELSEWHERE: readonly (readonly [name: RegExp, advice: string])[] = [
  [/^ssl(?:root)?(?:ca|cert)$|^sslkey$|^sslpassword$|^ssl-(?:ca|cert|key)$/i, 'tls beside sql'],
  [/^(?:user|password|username)$/i, 'auth.basic beside sql'],
  [/^(?:connect_timeout|connectTimeout)$/i, 'sql.connectTimeoutMs'],
];

/** Whether an address asks for TLS, forbids it or says nothing; words where it may not be so. */
export function askedTls(url: URL): 'on' | 'off' | 'unsaid' | { readonly text: string } {
  const mode = url.searchParams.get('sslmode') ?? url.searchParams.get('ssl-mode');
  if (mode === null) return 'unsaid';
  if (OFF.test(mode)) return 'off';
  if (ON.test(mode)) return 'on';
  return {
    text: 'has an sslmode that may fall back to no TLS or to any certificate; write disable, require or verify-full',
  };
}

/** @returns what is wrong with it, without anything that stands in it; '' for nothing */
export function addressProblem(written: string): string {
  const dialect = dialectOf(written);
  if (dialect === 'sqlite') return '';
  const url = dialect === undefined ? null : URL.parse(written);
  if (url === null) return `must be ${ADDRESS_FORMS}`;
  const asked = askedTls(url);
  if (typeof asked === 'object') return asked.text;
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown === undefined) return '';
  const [, advice] = ELSEWHERE.find(([name]) => name.test(unknown)) ?? [];
  return advice === undefined
    ? `has a parameter that is not known here; it takes ${[...PARAMETERS].join(', ')}`
    : `has the parameter ${unknown}, which is set by ${advice}`;
}

/** What `tls` of an entry cannot mean for its database; '' for nothing. */
export function databaseTlsProblem(written: string): string {
  const dialect = dialectOf(written);
  if (dialect === 'sqlite') return 'is set, but a database in a file is not connected to';
  const url = dialect === undefined ? null : URL.parse(written);
  return url !== null && askedTls(url) === 'off'
    ? 'is set, but the address says sslmode=disable, so it would not be used'
    : '';
}
