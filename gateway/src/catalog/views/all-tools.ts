/**
 * Every tool that a principal sees, in full and at once, whatever the endpoint's mode: for callers
 * who read it as a program does and not token by token.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { LocalMessage, Principal } from '../../kernel/index.ts';
import { definitionText } from '../items/definition-text.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';
import type { Finding } from '../items/items.ts';
import { missingMembers, missingParts } from '../endpoints/missing.ts';

/** Definitions that are made, perhaps for the first time, before others get their turn. */
const ENTRIES_PER_TURN = 100;
/** Characters of lists that are remembered. */
const MAX_CACHED_CHARACTERS = 32 * 1024 * 1024;

interface Whole {
  /** The members `tools` and `upstreams` as JSON text. */
  readonly members: string;
  /** Visible items that turned out not to be usable. */
  readonly findings: readonly Finding[];
}

export class AllTools {
  private readonly known = new LRUCache<readonly Entry[], Whole>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: ({ members }) => members.length,
  });

  /**
   * @returns `tools` as `tools/list` of a full endpoint has them, `upstreams` with the public names
   *   of the tools of each, `_meta` with what is missing
   */
  async list(endpoint: Endpoint, principal: Principal): Promise<LocalMessage> {
    const sight = endpoint.sightOf(principal);
    const entries = sight.lists.tools;
    const whole = this.known.get(entries) ?? (await render(entries));
    this.known.set(entries, whole);
    const missing = missingParts(endpoint, 'tools', principal, sight, whole.findings);
    const meta = missing.length === 0 ? '' : `,"_meta":{${missingMembers(missing)}}`;
    return { kind: 'local', result: `{${whole.members}${meta}}` };
  }
}

async function render(entries: readonly Entry[]): Promise<Whole> {
  const texts: string[] = [];
  const findings: Finding[] = [];
  const upstreams = new Map<string, string[]>();
  for (const [at, entry] of entries.entries()) {
    if (at > 0 && at % ENTRIES_PER_TURN === 0) await nextTurn();
    const { id, publicName } = entry.item;
    const parts = entry.source.parts();
    if ('code' in parts) {
      findings.push({ ...parts, id });
      continue;
    }
    texts.push(definitionText(entry, parts, false));
    const names = upstreams.get(id.upstream) ?? [];
    names.push(publicName);
    upstreams.set(id.upstream, names);
  }
  const byUpstream = JSON.stringify(Object.fromEntries(upstreams));
  return { members: `"tools":[${texts.join(',')}],"upstreams":${byUpstream}`, findings };
}
