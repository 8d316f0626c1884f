/** What `search_tools` is asked. */
import type { Call } from '../../kernel/index.ts';

export const MAX_QUERY_CHARACTERS = 400;
export const MAX_LIMIT = 20;
export const DEFAULT_LIMIT = 5;

export interface SearchArguments {
  readonly query: string;
  readonly limit: number;
  /** Upstream id that hits must have; undefined for any. */
  readonly upstream: string | undefined;
  /** Tag that hits must have, in lower case; undefined for any. */
  readonly tag: string | undefined;
}

const EXAMPLE = 'Example: {"query":"create invoice","limit":5}.';

/** @returns what is asked, or what is wrong with it in words for whoever asked */
export function readSearchArguments({ view, arguments: entry }: Call): SearchArguments | string {
  if (view.kind(entry) !== 'object') return `It needs a query. ${EXAMPLE}`;
  const stray = view.children(entry).find((each) => !KEYS.has(view.key(each)));
  if (stray !== undefined) {
    return `It does not know ${JSON.stringify(view.key(stray).slice(0, 64))}. ${EXAMPLE}`;
  }
  const query = view.string(view.member(entry, 'query'))?.trim() ?? '';
  if (query === '') return `"query" must say what you want to do. ${EXAMPLE}`;
  if (query.length > MAX_QUERY_CHARACTERS) {
    return `"query" has ${query.length} characters; the limit is ${MAX_QUERY_CHARACTERS}. ${EXAMPLE}`;
  }
  const given = view.member(entry, 'limit');
  const limit = given < 0 ? DEFAULT_LIMIT : Number(view.raw(given));
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return `"limit" must be a whole number from 1 to ${MAX_LIMIT}. ${EXAMPLE}`;
  }
  for (const key of ['upstream', 'tag']) {
    const kind = view.kind(view.member(entry, key));
    if (kind !== 'absent' && kind !== 'string') return `"${key}" must be a string. ${EXAMPLE}`;
  }
  return {
    query,
    limit,
    upstream: view.string(view.member(entry, 'upstream')),
    tag: view.string(view.member(entry, 'tag'))?.toLowerCase(),
  };
}

const KEYS: ReadonlySet<string> = new Set(['query', 'limit', 'upstream', 'tag']);
