/** What the tools of an API take in a list, tokens. */
import type { Operation } from './model.ts';
import { estimateTokens } from './schema/index.ts';

/** The gateway's own tools beside those of an API, and the list around them. */
export const FRAME_TOKENS = 600;
/** The upstream's id in front of a name. */
export const PREFIX_TOKENS = 4;

/** @param id of the upstream @returns what the tool takes in `compact` mode */
export function lineTokens(id: string, { name, summary: description }: Operation): number {
  const line = { name: `${id}__${name}`, description, inputSchema: { type: 'object' } };
  return estimateTokens(JSON.stringify(line));
}
