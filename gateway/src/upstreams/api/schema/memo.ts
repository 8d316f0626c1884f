/** What was found out about schemas that several roots share by identity. */
import type { JsonObject } from '../../../kernel/index.ts';
import { collectReferred } from './walk.ts';

/**
 * Remembers work on definitions, so that the many tools of one document share it. Lives as long as
 * whoever holds it; forgets what nobody else holds. Schemas are never changed once they are made.
 */
export class SchemaMemo {
  readonly cleaned = new WeakMap<JsonObject, JsonObject>();
  readonly relaxed = new WeakMap<JsonObject, JsonObject>();
  private readonly names = new WeakMap<JsonObject, ReadonlySet<string>>();
  private readonly sizes = new WeakMap<JsonObject, number>();

  private readonly pruned = new WeakMap<JsonObject, Map<string, JsonObject>>();

  /** What `make` makes of `definitions` for `key`, the same object each time. */
  prunedOf(definitions: JsonObject, key: string, make: () => JsonObject): JsonObject {
    const byKey = this.pruned.get(definitions) ?? new Map<string, JsonObject>();
    this.pruned.set(definitions, byKey);
    const known = byKey.get(key) ?? make();
    byKey.set(key, known);
    return known;
  }

  /** Names of the definitions that a schema refers to. */
  namesIn(schema: JsonObject): ReadonlySet<string> {
    const known = this.names.get(schema);
    if (known !== undefined) return known;
    const names = new Set<string>();
    collectReferred(schema, names);
    this.names.set(schema, names);
    return names;
  }

  /** Characters of a schema as JSON. */
  charsOf(schema: JsonObject): number {
    const known = this.sizes.get(schema);
    if (known !== undefined) return known;
    const chars = JSON.stringify(schema).length;
    this.sizes.set(schema, chars);
    return chars;
  }
}
