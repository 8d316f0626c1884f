/**
 * Which arguments of a tool clients mirror into headers: `x-mcp-header` in the input schema
 * (2026-07-28, Streamable HTTP, "Custom headers from tool parameters").
 */
import type { HeaderBinding } from './item.ts';

const ANNOTATION = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const NONE: readonly HeaderBinding[] = [];

/** Keywords that hold schemas by name. */
const MAPS = ['patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'];

/** Keywords that hold a schema or an array of schemas. */
const SCHEMAS = [
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'oneOf',
  'prefixItems',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/**
 * Reads the annotations of a tool.
 * @param definition the tool as JSON, scanned before: its depth is bounded
 * @returns the bindings, or a sentence that says why the tool must not be listed
 */
export function readHeaderBindings(definition: Buffer): readonly HeaderBinding[] | string {
  // A key may also be written with \u escapes; then only parsing tells.
  if (!definition.includes(ANNOTATION) && !definition.includes('\\u')) return NONE;
  const tool: unknown = JSON.parse(definition.toString());
  const walk = new Walk();
  if (isObject(tool)) walk.schema(tool['inputSchema'], [], true);
  return walk.problem ?? walk.found;
}

class Walk {
  readonly found: HeaderBinding[] = [];
  problem: string | undefined;
  private readonly seen = new Set<string>();

  /** @param reachable only keywords `properties` lie between the root and this schema */
  schema(node: unknown, path: readonly string[], reachable: boolean): void {
    if (this.problem !== undefined) return;
    if (Array.isArray(node)) {
      for (const element of node) this.schema(element, path, false);
      return;
    }
    if (!isObject(node)) return;
    if (Object.hasOwn(node, ANNOTATION)) this.annotation(node, path, reachable);
    this.schemas(node['properties'], path, reachable);
    for (const keyword of MAPS) this.schemas(node[keyword], path, false);
    for (const keyword of SCHEMAS) this.schema(node[keyword], path, false);
  }

  private schemas(map: unknown, path: readonly string[], reachable: boolean): void {
    if (!isObject(map)) return;
    for (const [name, value] of Object.entries(map)) {
      this.schema(value, [...path, name], reachable);
    }
  }

  private annotation(
    node: Readonly<Record<string, unknown>>,
    path: readonly string[],
    reachable: boolean,
  ): void {
    const header = node[ANNOTATION];
    const type = node['type'];
    const where = `${ANNOTATION} at "${path.join('.').slice(0, 200)}"`;
    if (!reachable || path.length === 0) {
      this.problem = `${where} may only stand on a property that is reached through "properties" alone`;
    } else if (typeof header !== 'string' || !TOKEN.test(header)) {
      this.problem = `${where} must be a non-empty HTTP token`;
    } else if (type !== 'string' && type !== 'integer' && type !== 'boolean') {
      this.problem = `${where} needs the type string, integer or boolean`;
    } else if (this.seen.has(header.toLowerCase())) {
      this.problem = `${where} repeats "${header}", which differs from another at most in case`;
    } else {
      this.seen.add(header.toLowerCase());
      this.found.push({ header, path, type });
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
