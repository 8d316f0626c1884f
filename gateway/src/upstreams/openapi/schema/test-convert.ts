/** Converts single schemas and proves the results, for tests only. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../../kernel/index.ts';
import type { OpenApiVersion } from '../document.ts';
import { createSchemaConverter } from './index.ts';
import type { Direction } from './run.ts';
import { resolverOf } from './test-resolver.ts';

/** Converts one schema that stands in a document with these components. */
export function convert(
  schema: unknown,
  options: { version?: OpenApiVersion; schemas?: unknown; direction?: Direction } = {},
): { schema: JsonObject; defs: JsonObject; repairs: readonly string[] } {
  const { version = '3.0', schemas = {}, direction = 'input' } = options;
  const components = version === '2.0' ? { definitions: schemas } : { components: { schemas } };
  const resolver = resolverOf({ ...components, here: schema }, version);
  const session = createSchemaConverter(resolver).session(direction);
  const added = session.add({ node: schema, source: '', pointer: '#/here' });
  return { schema: added, defs: session.defs(), repairs: resolver.repairs };
}

/** One for all: making one costs more than most tests. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: true });

/** Throws where the schema with these definitions is none of JSON Schema 2020-12. */
export function compiles(schema: JsonObject, defs: JsonObject): void {
  const own = Object.keys(defs).length === 0 ? {} : { $defs: { ...defs } };
  ajv.compile({ ...schema, ...own });
}
