/** What an operation would be called that gives itself no name: a verb and the nouns of its path. */

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'replace',
  PATCH: 'update',
  DELETE: 'delete',
  HEAD: 'check',
  OPTIONS: 'describe',
  TRACE: 'trace',
  QUERY: 'query',
};
const NOISE = /^(?:api|rest|v\d+(?:\.\d+)*)$/i;
const VARIABLE = /^\{([^{}]*)\}$/;

/** `list_pets`, `get_pet_by_id`, `create_pet`. */
export function wantedName(method: string, path: string): string {
  const plain = path.split(/[?#]/, 1)[0] ?? '';
  const segments = plain.split('/').filter((part) => part !== '');
  const telling = segments.filter((part) => !NOISE.test(part));
  const parts = telling.some((part) => !VARIABLE.test(part)) ? telling : segments;
  const nouns: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (VARIABLE.test(part)) continue;
    const noun = part.replace(/\.(?:json|xml)$/i, '').replace(/[{}]/g, ' ');
    nouns.push(VARIABLE.test(parts[index + 1] ?? '') ? singular(noun) : noun);
  }
  const last = VARIABLE.exec(parts.at(-1) ?? '')?.[1];
  const end = nouns.at(-1) ?? '';
  const isMany = last === undefined && isPlural(end);
  const verb = verbFor(method, isMany, last !== undefined);
  if (method === 'POST' && isMany) nouns[nouns.length - 1] = singular(end);
  const by = last === undefined ? [] : ['by', last];
  // What stands behind the path only tells operations apart.
  return [verb, ...nouns, ...by, plain.length < path.length ? path.slice(plain.length) : ''].join(
    ' ',
  );
}

function verbFor(method: string, isMany: boolean, isOne: boolean): string {
  if (method === 'GET') return isMany ? 'list' : 'get';
  if (method === 'POST' && !isMany && !isOne) return 'post';
  return VERBS[method] ?? method.toLowerCase();
}

function isPlural(noun: string): boolean {
  return /[^su]s$/i.test(noun) && !/(?:is|news|status)$/i.test(noun);
}

function singular(noun: string): string {
  if (!isPlural(noun)) return noun;
  if (/ies$/i.test(noun)) return `${noun.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/i.test(noun)) return noun.slice(0, -2);
  return noun.slice(0, -1);
}
