/** Labels of items, and how far each can be believed. */
import { itemIdText, type ItemId, type JudgedItem } from '../kernel/index.ts';
import type { BindingConfig } from './binding-schema.ts';

/** What the operator says of upstreams. */
export interface UpstreamFacts {
  readonly labels: readonly string[];
  /** Their tools' annotations may widen what is allowed. */
  readonly isTrusted: boolean;
}

/** What the operator says at one endpoint: of items, and of arguments of theirs. */
export interface EndpointFacts {
  /** By the text form of an item's identity. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly bindings: readonly BindingConfig[];
}

export interface Labels {
  /** All: good enough to deny, or to ask a person. */
  readonly all: readonly string[];
  /** Those that the operator or the protocol stands for: only they may allow. */
  readonly vouched: readonly string[];
}

/** What the operator calls an item at an endpoint. */
export function givenLabels(id: ItemId, endpoint: EndpointFacts | undefined): readonly string[] {
  if (endpoint === undefined || endpoint.labels.size === 0) return NONE;
  return endpoint.labels.get(itemIdText(id)) ?? NONE;
}

const NONE: readonly string[] = [];

/** Labels of which a tool has one: where the operator says which, its own word counts for nothing. */
const EFFECTS = ['read-only', 'additive', 'destructive'];

/**
 * A tool without annotations is what the protocol assumes: destructive and open to the world
 * (2025-11-25, tool annotations). What is no tool is only read.
 * @param given what the operator calls this item
 */
export function labelsOf(
  { id, hints }: JudgedItem,
  facts: UpstreamFacts | undefined,
  given: readonly string[] = NONE,
): Labels {
  const own = [...(facts?.labels ?? []), ...given];
  if (id.kind !== 'tool') {
    const all = id.kind === 'admin' ? own : [...own, 'read-only'];
    return { all, vouched: all };
  }
  const isSaid = given.some((label) => EFFECTS.includes(label));
  const claimed = (hints === undefined ? ['destructive', 'open-world'] : hintLabels(hints)).filter(
    (label) => !isSaid || !EFFECTS.includes(label),
  );
  const all = [...own, ...claimed];
  return { all, vouched: facts?.isTrusted === true ? all : own };
}

function hintLabels(hints: NonNullable<JudgedItem['hints']>): string[] {
  const labels = [hints.readOnly ? 'read-only' : hints.destructive ? 'destructive' : 'additive'];
  if (hints.idempotent) labels.push('idempotent');
  if (hints.openWorld) labels.push('open-world');
  return labels;
}
