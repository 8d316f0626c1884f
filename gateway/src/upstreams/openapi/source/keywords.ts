/** Which members of a document hold what, so that a walk tells keywords from names and data. */

/** Members that hold data, in which nothing names or refers to anything. */
const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Members under which stand names that their author chose, which may look like keywords. */
const NAMES: ReadonlySet<string> = new Set([
  '$defs',
  'additionalOperations',
  'callbacks',
  'content',
  'definitions',
  'dependentSchemas',
  'encoding',
  'headers',
  'mediaTypes',
  'parameters',
  'pathItems',
  'paths',
  'patternProperties',
  'properties',
  'requestBodies',
  'responses',
  'schemas',
  'securityDefinitions',
  'securitySchemes',
  'variables',
  'webhooks',
]);

/** @returns whether what stands under the keyword `key` is data or an extension */
export function holdsData(key: string): boolean {
  return DATA.has(key) || key.startsWith('x-');
}

/** @returns whether what stands under the keyword `key` is a mapping by names */
export function holdsNames(key: string): boolean {
  return NAMES.has(key);
}
