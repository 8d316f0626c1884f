/** What a list does not hold, said in the list itself: never a silent gap. */
import { MISSING_PARTS_KEY, itemIdText, type Principal } from '../../kernel/index.ts';
import type { Endpoint, Sight } from './endpoint.ts';
import { LISTS, type Finding, type ListName } from '../items/items.ts';
import type { UpstreamPart } from '../lists/snapshot.ts';

/** Items named one by one per list; more are only counted. */
const MAX_FINDINGS = 20;

/** One part of a list that is not there, or old. */
export interface MissingPart {
  readonly upstream: string;
  /** ISO 8601. */
  readonly since: string;
  readonly why: string;
  /** The part is in the list as it last was; otherwise it is not there at all. */
  readonly stale: boolean;
}

/**
 * What is missing of one list for this principal; nothing that it could not see anyway.
 * @param onPage visible items of this page that turned out not to be usable
 */
export function missingParts(
  endpoint: Endpoint,
  list: ListName,
  principal: Principal,
  sight: Sight,
  onPage: readonly Finding[],
): readonly MissingPart[] {
  const found: MissingPart[] = [];
  const parts = endpoint.parts();
  const viewer = endpoint.viewer(principal);
  for (const part of parts) {
    if (part.state === 'fresh' || !endpoint.scope.covers(part.id, LISTS[list].kind)) continue;
    const isSeen =
      part.items === undefined ? viewer.mayReach(part.id) : sight.upstreams.has(part.id);
    if (!isSeen) continue;
    found.push({ ...describe(part), why: part.why });
  }
  const findings = endpoint
    .now()
    // An identity of its own: what is remembered of the item's goes by its definition.
    .findings.filter(
      ({ id }) => id.kind === LISTS[list].kind && viewer.mayInvoke({ id: { ...id } }),
    );
  return [...found, ...leftOut([...findings, ...onPage], parts)];
}

function leftOut(
  findings: readonly Finding[],
  parts: readonly UpstreamPart[],
): readonly MissingPart[] {
  const named = findings.slice(0, MAX_FINDINGS).flatMap(({ id, text }) => {
    const part = parts.find((one) => one.id === id.upstream);
    const name = itemIdText({ ...id, name: id.name.slice(0, 128) });
    if (part === undefined) return [];
    return [{ ...describe(part), why: `${name} is left out: ${text}`, stale: false }];
  });
  const last = named.at(-1);
  if (findings.length <= MAX_FINDINGS || last === undefined) return named;
  return [...named, { ...last, why: `${findings.length - MAX_FINDINGS} more are left out.` }];
}

function describe(part: UpstreamPart): Omit<MissingPart, 'why'> {
  return {
    upstream: part.id,
    since: new Date(part.sinceMs).toISOString(),
    stale: part.items !== undefined,
  };
}

/** The members of the result's `_meta`, without braces. */
export function missingMembers(missing: readonly MissingPart[]): string {
  if (missing.length === 0) return '';
  return `${JSON.stringify(MISSING_PARTS_KEY)}:${JSON.stringify(missing)}`;
}
