/** Labels of items, and how far each can be believed. */
import type { JudgedItem } from '../kernel/index.ts';

/** What the operator says of upstreams. */
export interface UpstreamFacts {
  readonly labels: readonly string[];
  /** Their tools' annotations may widen what is allowed. */
  readonly isTrusted: boolean;
}

export interface Labels {
  /** All: good enough to deny, or to ask a person. */
  readonly all: readonly string[];
  /** Those that the operator or the protocol stands for: only they may allow. */
  readonly vouched: readonly string[];
}

/**
 * A tool without annotations is what the protocol assumes: destructive and open to the world
 * (2025-11-25, tool annotations). What is no tool is only read.
 */
export function labelsOf({ id, hints }: JudgedItem, facts: UpstreamFacts | undefined): Labels {
  const own = facts?.labels ?? [];
  if (id.kind !== 'tool') {
    const all = id.kind === 'admin' ? own : [...own, 'read-only'];
    return { all, vouched: all };
  }
  const claimed = hints === undefined ? ['destructive', 'open-world'] : hintLabels(hints);
  const all = [...own, ...claimed];
  return { all, vouched: facts?.isTrusted === true ? all : own };
}

function hintLabels(hints: NonNullable<JudgedItem['hints']>): string[] {
  const labels = [hints.readOnly ? 'read-only' : hints.destructive ? 'destructive' : 'additive'];
  if (hints.idempotent) labels.push('idempotent');
  if (hints.openWorld) labels.push('open-world');
  return labels;
}
