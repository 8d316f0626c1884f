/** What a tool says of itself. */
import type { ItemHints } from '../../kernel/index.ts';

/**
 * Reads `annotations` with the protocol's defaults: without a word a tool is destructive and open to
 * the world (2025-11-25, tool annotations).
 * @param definition one JSON object that has been scanned before, or empty
 * @returns undefined where there is no definition
 */
export function readHints(definition: Buffer): ItemHints | undefined {
  if (definition.length === 0) return undefined;
  const value: unknown = JSON.parse(definition.toString());
  const annotations = memberOf(value, 'annotations');
  const isReadOnly = memberOf(annotations, 'readOnlyHint') === true;
  return {
    readOnly: isReadOnly,
    destructive: !isReadOnly && memberOf(annotations, 'destructiveHint') !== false,
    idempotent: memberOf(annotations, 'idempotentHint') === true,
    openWorld: memberOf(annotations, 'openWorldHint') !== false,
  };
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
