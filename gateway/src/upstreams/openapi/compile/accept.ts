/** `Accept`: what the operation answers with, JSON before everything else. */
import { isJsonType } from '../encode/content-values.ts';
import { bareType, isMediaType } from '../../api/http/media-type.ts';
import type { ContentView, ResponseView } from '../document.ts';

const MAX_TYPES = 4;

/** The successful answers, the default one where no other is declared. */
export function successes(responses: readonly ResponseView[]): readonly ResponseView[] {
  const good = responses.filter((response) => /^2(?:\d\d|XX)$/i.test(response.status));
  return good.length > 0 ? good : responses.filter((response) => response.status === 'default');
}

/** The first JSON content of a successful answer. */
export function jsonAnswer(responses: readonly ResponseView[]): ContentView | undefined {
  for (const response of successes(responses)) {
    const found = response.contents.find(
      (content) =>
        isJsonType(content.mediaType) ||
        /^(?:\*\/\*|application\/\*|json|text\/json)$/i.test(content.mediaType),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Anything else is still better than nothing, so that errors arrive in whatever form they have. */
export function acceptHeader(responses: readonly ResponseView[]): string {
  const types = new Set(
    successes(responses)
      .flatMap((response) => response.contents.map((content) => content.mediaType.trim()))
      .filter((type) => isMediaType(type) && !type.includes('*')),
  );
  // `application/json;stream=watch` beside plain JSON asks for something else.
  const plain = [...types].filter((type) => type === bareType(type) || !types.has(bareType(type)));
  const json = plain.filter(isJsonType);
  const best = json.length > 0 ? json : plain;
  const listed = best.slice(0, MAX_TYPES);
  if (listed.length === 0) return 'application/json, */*;q=0.5';
  if (json.length === 0) return `${listed.join(', ')}, application/json;q=0.5, */*;q=0.1`;
  return `${listed.join(', ')}, */*;q=0.1`;
}
