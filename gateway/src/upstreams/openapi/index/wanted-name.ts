/** What an operation would be called that gives itself no name: a verb and the nouns of its path. */

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'replace',
  PATCH: 'update',
  DELETE: 'delete',
  HEAD: 'check',
  OPTIONS: 'describe',
};

/** `list pets`, `get pet by id`, `create pet`: words yet to be made a name. */
export function wantedName(method: string, path: string): string {
  const hash = path.search(/[?#]/);
  const plain = hash < 0 ? path : path.slice(0, hash);
  const segments = withKeysApart(plain)
    .split('/')
    .filter((part) => part !== '');
  const telling = segments.filter((part) => !isNoise(part));
  const parts = telling.every(isVariable) ? segments : telling;
  const last = parts.at(-1) ?? '';
  const isOne = isVariable(last);
  const isMany = !isOne && isPlural(last);
  let name = verbFor(method, isMany, isOne);
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    if (isVariable(part)) continue;
    const next = parts[index + 1];
    const isSingle = next === undefined ? isMany && method === 'POST' : isVariable(next);
    name += ` ${isSingle ? singular(part) : part}`;
  }
  if (isOne) name += ` by ${last}`;
  // What stands behind the path only tells operations apart.
  return hash < 0 ? name : `${name} ${path.slice(hash)}`;
}

/** OData writes a key behind its noun: `pets('{id}')` is read as `pets/{id}`. */
function withKeysApart(path: string): string {
  return path.includes('(') ? path.replace(/\('?\{([^{}]*)\}'?\)/g, '/{$1}') : path;
}

function isNoise(part: string): boolean {
  return part.length <= 8 && /^(?:api|rest|v\d+(?:\.\d+)*)$/i.test(part);
}

function isVariable(part: string): boolean {
  return part.startsWith('{') && part.indexOf('}') === part.length - 1;
}

function verbFor(method: string, isMany: boolean, isOne: boolean): string {
  if (method === 'GET') return isMany ? 'list' : 'get';
  if (method === 'POST' && !isMany && !isOne) return 'post';
  return VERBS[method] ?? method.toLowerCase();
}

function isPlural(noun: string): boolean {
  return noun.endsWith('s') && noun.length > 2 && !/(?:ss|us|is|news)$/.test(noun);
}

function singular(noun: string): string {
  if (!isPlural(noun)) return noun;
  if (noun.endsWith('ies')) return `${noun.slice(0, -3)}y`;
  return /(?:ss|x|ch|sh)es$/.test(noun) ? noun.slice(0, -2) : noun.slice(0, -1);
}
