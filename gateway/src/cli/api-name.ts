/** What an API should be called, by where its document is and what it calls itself. */
import { basename } from 'node:path';
import { idFrom, nameOfAddress } from './guess-upstream.ts';

/** Names of files that say only what they are. */
const GENERIC =
  /^(?:openapi|swagger|graphql|introspection|api|api-?docs|spec|schema|index|doc|docs|document|v\d+)$/i;
/** Words of titles that say nothing. */
const NOISE =
  /^(?:the|api|apis|rest|http|open|openapi|swagger|web|service|specification|spec|v?\d[\d.]*)$/;
const MAX_TITLE_WORDS = 2;

/** @param source path or address of the document */
export function apiId(source: string, title: string): string {
  const url = /^https?:/i.test(source) ? URL.parse(source) : null;
  const file = basename(url === null ? source : url.pathname);
  const stem = file
    .replace(/\.(?:json|ya?ml|graphqls?|gql)$/i, '')
    .replace(/[._-](?:openapi|swagger|api)$/i, '');
  if (stem !== '' && !GENERIC.test(stem) && url === null) return idFrom(stem);
  const words = title
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .filter((word) => word !== '' && !NOISE.test(word))
    .slice(0, MAX_TITLE_WORDS);
  if (words.length > 0) return idFrom(words.join('-'));
  return idFrom(url === null ? stem : nameOfAddress(url));
}
