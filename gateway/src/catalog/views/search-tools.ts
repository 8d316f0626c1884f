/** `search_tools`: the best matching tools, ready to be called. */
import type { Call, LocalMessage } from '../../kernel/index.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';
import type { Rankings } from '../search/ranking.ts';
import { readSearchArguments, type SearchArguments } from './search-arguments.ts';
import type { ShownTools } from '../endpoints/shown-tools.ts';
import { signatureOf } from '../search/signature.ts';
import { toolAnswer, toolFault } from './tool-answers.ts';

/** Further matches that are looked at in the place of those that turn out not to be usable. */
const SPARE_HITS = 20;

/** Finds only what stands in `tools`. */
export async function searchTools(
  call: Call,
  tools: ShownTools,
  rankings: Rankings,
): Promise<LocalMessage> {
  const asked = readSearchArguments(call);
  if (typeof asked === 'string') return toolFault(asked);
  const ranking = await rankings.of(tools.all);
  const isFiltered = asked.upstream !== undefined || asked.tag !== undefined;
  const { best, matches } = ranking.find(
    asked.query,
    asked.limit + SPARE_HITS,
    isFiltered ? (entry) => isForModels(entry) && isWanted(entry, asked) : isForModels,
  );
  const hits = hitsOf(best, asked.limit);
  const next =
    hits.length === 0
      ? 'Nothing matches. Try other or fewer words, or leave "upstream" and "tag" out.'
      : `Call one by ${tools.ownNames.get('call_tool')}: {"name":…,"arguments":{…}}; ` +
        `${tools.ownNames.get('describe_tool')} gives all about its arguments and result.`;
  return toolAnswer(JSON.stringify({ tools: hits, matches, next }));
}

/** What only a page calls is nothing for a model to find. */
function isForModels({ source }: Entry): boolean {
  return source.app?.isAppOnly !== true;
}

function isWanted({ item, source }: Entry, { upstream, tag }: SearchArguments): boolean {
  if (upstream !== undefined && item.id.upstream !== upstream) return false;
  return tag === undefined || source.brief.tags.some((each) => each.toLowerCase() === tag);
}

function hitsOf(found: readonly Entry[], limit: number): readonly object[] {
  const hits: object[] = [];
  for (const { item, source } of found) {
    if (hits.length >= limit) break;
    const signature = signatureOf(source);
    if (signature === undefined) continue;
    const { title, line, tags } = source.brief;
    hits.push({
      name: item.publicName,
      ...(title === '' ? {} : { title }),
      line,
      ...signature,
      ...(tags.length === 0 ? {} : { tags: tags.slice(0, 8) }),
    });
  }
  return hits;
}
