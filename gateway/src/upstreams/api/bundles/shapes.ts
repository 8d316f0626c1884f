/**
 * What was read from files of ours. Their digests say that they are whole and their marks which
 * version wrote them, so only the outline is looked at.
 */
import type { ApiIndex, OperationPlan } from '../model.ts';

type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPlan(value: unknown): value is OperationPlan {
  return (
    isMembers(value) &&
    typeof value['key'] === 'string' &&
    typeof value['description'] === 'string' &&
    isMembers(value['input']) &&
    isMembers(value['request']) &&
    Array.isArray(value['arguments'])
  );
}

const INDEX_LISTS = ['servers', 'schemes', 'operations', 'skipped', 'repairs'] as const;
const INDEX_TEXTS = ['kind', 'digest', 'title', 'version', 'description'] as const;

export function isIndex(value: unknown): value is ApiIndex {
  return (
    isMembers(value) &&
    INDEX_TEXTS.every((key) => typeof value[key] === 'string') &&
    INDEX_LISTS.every((key) => Array.isArray(value[key]))
  );
}
