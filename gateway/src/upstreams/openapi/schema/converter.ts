/** Schemas of one document, in whatever dialect it is written, as JSON Schema 2020-12. */
import type { JsonObject } from '../../../kernel/index.ts';
import { SchemaMemo } from '../../api/schema/memo.ts';
import { collectReferred, referredName } from '../../api/schema/walk.ts';
import type { Ref, Resolver } from '../document.ts';
import { DefinitionStore } from './definitions.ts';
import { PatternReader } from './patterns.ts';
import type { Direction } from './run.ts';

/** What one tool needs of the schemas of its document. */
export interface SchemaSession {
  /** Shared by all sessions of the document: hand it to what works on their definitions. */
  readonly memo: SchemaMemo;
  /**
   * Converts the schema at `ref`; its references are `#/$defs/<name>`, and what they name is in
   * `defs`. A dangling reference becomes an open schema that says so.
   * @param ref undefined stands for a schema that takes everything
   */
  add(ref: Ref | undefined): JsonObject;
  /** `schema` itself, or the definition that it is only a reference to; its description stays. */
  settle(schema: JsonObject): JsonObject;
  /**
   * Every definition that what was added so far reaches, by name; the same object for the same
   * definitions. Where the whole is too large the last of them are left open.
   */
  defs(): JsonObject;
}

/** Converts schemas of one document; definitions are converted once per direction. */
export interface SchemaConverter {
  /** @param direction `readOnly` properties leave an input, `writeOnly` properties an output */
  session(direction: Direction): SchemaSession;
}

/** Makes the converter of a document. Nothing is converted before it is asked for. */
export function createSchemaConverter(resolver: Resolver): SchemaConverter {
  const patterns = new PatternReader();
  const memo = new SchemaMemo();
  const stores = {
    input: new DefinitionStore(resolver, 'input', patterns),
    output: new DefinitionStore(resolver, 'output', patterns),
  };
  return { session: (direction) => new Session(stores[direction], memo) };
}

class Session implements SchemaSession {
  readonly memo: SchemaMemo;
  private readonly store: DefinitionStore;
  private readonly added: JsonObject[] = [];

  constructor(store: DefinitionStore, memo: SchemaMemo) {
    this.store = store;
    this.memo = memo;
  }

  add(ref: Ref | undefined): JsonObject {
    if (ref === undefined) return {};
    const schema = this.store.root(ref);
    this.added.push(schema);
    return schema;
  }

  settle(schema: JsonObject): JsonObject {
    const name = referredName(schema);
    const definition = name === undefined ? undefined : this.store.named(name);
    if (definition === undefined) return schema;
    const { $ref: _, ...beside } = schema;
    return { ...definition.schema, ...beside };
  }

  defs(): JsonObject {
    const names = new Set<string>();
    for (const schema of this.added) collectReferred(schema, names);
    return this.store.closure(names);
  }
}
