/** Where schemas stand inside of a JSON Schema that nothing else is to be read of. */
import type { JsonView } from './view.ts';

/** Keywords whose values are data, whatever they look like. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples']);

/** Keywords that hold schemas by names that others chose, in any draft. */
const MAPS: ReadonlySet<string> = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

/**
 * What may be a schema, or a list of some, at a member of one: itself, what it holds by names, or
 * nothing where it is data. A keyword that is not known may hold schemas.
 * @param member of an object that is a schema, or an element of a list in one
 */
export function schemasUnder(view: JsonView, member: number): readonly number[] {
  const keyword = view.key(member);
  if (MAPS.has(keyword)) return [...view.children(member)];
  return DATA.has(keyword) ? [] : [member];
}
