/** The tools of an API for people: by tag, with effect and price. */
import { printableLine } from '../config/index.ts';
import type { PreviewReport } from '../upstreams/index.ts';
import { count, grouped, moreLine, shownOf } from './counted.ts';
import { EFFECT_WORDS } from './effect-words.ts';
import { table } from './table.ts';

type Tool = PreviewReport['tools'][number];

const MAX_TAGS = 12;
const MAX_PER_TAG = 4;

/**
 * @param isWhole shows every tool
 * @param width columns, undefined for no limit
 */
export function apiTools(
  tools: readonly Tool[],
  isWhole: boolean,
  width: number | undefined,
): readonly string[] {
  const groups = [...byTag(tools)];
  const groupsShown = isWhole ? groups.length : shownOf(groups.length, MAX_TAGS);
  const shown = groups.slice(0, groupsShown).map(([tag, all]) => {
    return {
      tag,
      all,
      some: all.slice(0, isWhole ? all.length : shownOf(all.length, MAX_PER_TAG)),
    };
  });
  // All groups in one table, so that their columns stand under each other.
  const rows = table(
    shown.flatMap(({ some }) => some.map(rowOf)),
    width,
  ).values();
  const lines: string[] = [];
  for (const { tag, all, some } of shown) {
    lines.push(`${printableLine(tag)} (${grouped(all.length)})`);
    for (const row of rows.take(some.length)) lines.push(`  ${row}`);
    if (some.length < all.length) lines.push(`  ${moreLine(all.length - some.length)}`);
  }
  const rest = groups.slice(groupsShown);
  if (rest.length > 0) {
    const more = rest.reduce((sum, [, group]) => sum + group.length, 0);
    lines.push(`… and ${count(more, 'tool')} under ${count(rest.length, 'tag')} more (--all)`);
  }
  return lines;
}

/** Under its first tag; those without one come last. */
function byTag(tools: readonly Tool[]): ReadonlyMap<string, readonly Tool[]> {
  const groups = Map.groupBy(tools, ({ tags: [tag = ''] }) => tag);
  const untagged = groups.get('');
  groups.delete('');
  if (untagged !== undefined) groups.set(groups.size === 0 ? 'tools' : 'without a tag', untagged);
  return groups;
}

function rowOf({ name, effect, tokens, summary, isDeprecated }: Tool): readonly string[] {
  const price = tokens === null ? '' : grouped(tokens).padStart(6);
  return [name, EFFECT_WORDS[effect], price, isDeprecated ? `(deprecated) ${summary}` : summary];
}
