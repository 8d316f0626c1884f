/** Values that should not be written into a file that may be shared. */

const TELLING_NAME =
  /(?:^|[^a-z])(?:api[-_]?key|apikey|key|token|secret|password|passwd|pwd|pat|auth|authorization|credentials?|cookie|bearer|dsn|database[-_]?url|connection[-_]?string|webhook[-_]?url)(?:$|[^a-z])/i;

/** Beginnings that issuers of keys give them. */
const TELLING_VALUE =
  /^(?:sk-|pk-|rk_|sk_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza|ya29\.|eyJ[\w-]+\.|npm_|hf_|dop_v1_|shpat_|SG\.|-----BEGIN)/;

/** Long, without spaces, and mixed as only made-up texts are. */
function looksRandom(value: string): boolean {
  if (value.length < 20 || !/^[\w+/=.~-]+$/.test(value)) return false;
  if (/^[0-9.]+$/.test(value) || value.includes('..')) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds === 3 || /^[0-9a-f]{24,}$/.test(value);
}

/** Whether a value of this name is rather a secret; empty ones and switches are not. */
export function isSecret(name: string, value: string): boolean {
  if (value === '' || /^(?:true|false|yes|no|on|off|none|null|\d{1,5})$/i.test(value)) return false;
  // A path or a bare address says where something is, not what it is.
  if (/^(?:~?\.{0,2}\/|[A-Za-z]:\\|https?:\/\/[^@?]*$)/.test(value)) return false;
  const spaced = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_');
  return TELLING_NAME.test(spaced) || TELLING_VALUE.test(value) || looksRandom(value);
}

/** A name for a variable: capitals, digits and underscores, a letter first. */
export function variableName(...words: readonly string[]): string {
  const name = words
    .join('_')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[A-Z]/.test(name) ? name : `X_${name}`;
}
