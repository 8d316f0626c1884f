/** How the tools of an API are listed where nothing says it. */
import type { ListMode, RawItem } from '../../kernel/index.ts';
import { FRAME_TOKENS, lineTokens, PREFIX_TOKENS } from './list-price.ts';
import type { Api } from './model.ts';
import { estimateTokens } from './schema/index.ts';

/** Counts only as far as it matters: nobody waits for ten thousand tools to be compiled. */
export function modeFor(
  wanted: ListMode | 'auto',
  id: string,
  maxTokens: number,
  { index }: Api,
  tools: readonly RawItem[],
): ListMode {
  if (wanted !== 'auto') return wanted;
  let lines = FRAME_TOKENS;
  for (const operation of index.operations) {
    lines += lineTokens(id, operation);
    if (lines > maxTokens) return 'search';
  }
  let tokens = FRAME_TOKENS;
  for (const tool of tools) {
    tokens += estimateTokens(tool.definition.toString('utf8')) + PREFIX_TOKENS;
    if (tokens > maxTokens) return 'compact';
  }
  return 'full';
}
