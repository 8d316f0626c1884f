/** The configuration's JSON Schema: for editors, and for knowing which keys exist where. */
import { z } from 'zod';
import type { ConfigPath } from './problem.ts';

/** What stands at the head of a published schema. */
export interface SchemaHead {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

type Json = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (draft-07, which editors know best) of what a configuration file may hold: as it
 * is written, before defaults. Keys that begin with `x-` are allowed in every section. Equal schemas
 * give equal bytes when stringified.
 */
export function jsonSchemaOf(schema: z.ZodType, head: SchemaHead): Json {
  const { $schema, ...rest } = toJson(schema);
  return {
    $schema: $schema ?? 'http://json-schema.org/draft-07/schema#',
    $id: head.id,
    title: head.title,
    description: head.description,
    ...rest,
  };
}

/** Looks up what the schema knows at a path of the configuration. */
export class SchemaGuide {
  readonly #root: Json;
  readonly #definitions: Readonly<Record<string, Json>>;

  constructor(schema: z.ZodType) {
    const { definitions = {}, ...root }: Json & { definitions?: Record<string, Json> } =
      toJson(schema);
    this.#root = root;
    this.#definitions = definitions;
  }

  /** The named keys that an object at this path may have, all alternatives together. */
  keysAt(path: ConfigPath): string[] {
    const keys = new Set<string>();
    for (const node of this.#nodesAt(path)) {
      for (const key of Object.keys(node.properties ?? {})) keys.add(key);
    }
    return [...keys];
  }

  #nodesAt(path: ConfigPath): Json[] {
    let nodes = this.#alternatives(this.#root, 0);
    for (const step of path) {
      nodes = nodes.flatMap((node) => this.#step(node, step));
    }
    return nodes;
  }

  #step(node: Json, step: string | number): Json[] {
    const next: (Json | boolean | undefined | null)[] =
      typeof step === 'number'
        ? Array.isArray(node.items)
          ? [node.items[step]]
          : [node.items]
        : [node.properties?.[step] ?? node.additionalProperties];
    return next.flatMap((inner) =>
      typeof inner === 'object' && inner !== null ? this.#alternatives(inner, 0) : [],
    );
  }

  #alternatives(node: Json, depth: number): Json[] {
    if (depth > 32) return [];
    const inner: (Json | boolean)[] = [
      ...(node.anyOf ?? []),
      ...(node.oneOf ?? []),
      ...(node.allOf ?? []),
    ];
    const name = /^#\/definitions\/(.+)$/.exec(node.$ref ?? '')?.[1];
    const definition = name === undefined ? undefined : this.#definitions[name];
    if (definition !== undefined) inner.push(definition);
    return [
      node,
      ...inner.flatMap((each) =>
        typeof each === 'object' ? this.#alternatives(each, depth + 1) : [],
      ),
    ];
  }
}

function toJson(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // A placeholder stands where an address will stand, so the format cannot be held to it.
      delete jsonSchema.format;
      if (jsonSchema.additionalProperties === false && jsonSchema.properties !== undefined) {
        jsonSchema.patternProperties = { ...jsonSchema.patternProperties, '^x-': {} };
      }
    },
  });
}
