/** An OpenAPI document as previews and comparisons look at it; nothing of it can be called. */
import type { PreviewSubject } from '../../api/preview/report.ts';
import { compileOperation } from '../compile/index.ts';
import type { OpenApiDocument } from '../document.ts';
import { indexOf } from '../import/import.ts';
import { createSchemaConverter } from '../schema/index.ts';

export function subjectOf(document: OpenApiDocument): PreviewSubject {
  const { version } = document;
  const converter = createSchemaConverter(document.resolver);
  const index = indexOf(document);
  const byKey = new Map(index.operations.map((operation) => [operation.key, operation]));
  return {
    format: version === '2.0' ? 'Swagger 2.0' : `OpenAPI ${version}`,
    index,
    plan: (key) => {
      const operation = byKey.get(key);
      if (operation === undefined) return 'The document has no such operation.';
      return compileOperation(document, operation, converter);
    },
    repairs: () => document.repairs,
    serverOf: ({ request }) => (typeof request['server'] === 'string' ? request['server'] : ''),
  };
}
