/** How one set of visible tools is shown: what is listed, and which own tools stand beside it. */
import type { OwnTool } from '../../kernel/index.ts';
import type { Entry } from './endpoint-index.ts';
import { ownDefinitions, ownNames, type OwnNames } from '../views/own-tools.ts';

export interface ShownTools {
  /** All visible tools, listed or not. */
  readonly all: readonly Entry[];
  /** Those in lists; the same array where that is all. */
  readonly listed: readonly Entry[];
  readonly ownNames: OwnNames;
  /** Definitions of own tools as JSON text joined by commas; '' for none. */
  readonly ownDefinitions: string;
}

const NONE: readonly OwnTool[] = [];
const FOR_COMPACT: readonly OwnTool[] = ['describe_tool'];
const FOR_SEARCH: readonly OwnTool[] = ['search_tools', 'describe_tool', 'call_tool'];

/** @param isTaken whether one of these tools answers to a name */
export function showTools(all: readonly Entry[], isTaken: (name: string) => boolean): ShownTools {
  const counts = new Map<string, number>();
  let isCompact = false;
  for (const { mode, item } of all) {
    if (mode === 'compact') isCompact = true;
    if (mode !== 'search') continue;
    counts.set(item.id.upstream, (counts.get(item.id.upstream) ?? 0) + 1);
  }
  const names = ownNames(counts.size > 0 ? FOR_SEARCH : isCompact ? FOR_COMPACT : NONE, isTaken);
  return {
    all,
    listed: counts.size === 0 ? all : all.filter(({ mode }) => mode !== 'search'),
    ownNames: names,
    ownDefinitions: ownDefinitions(names, counts),
  };
}

/** The own tool that a caller means by a name. */
export function ownToolOf(names: OwnNames, name: string): OwnTool | undefined {
  for (const [tool, its] of names) {
    if (its === name) return tool;
  }
  return undefined;
}
