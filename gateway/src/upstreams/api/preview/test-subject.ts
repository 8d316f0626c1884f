/** An OpenAPI document of a few lines as previews look at it. */
import { KEEP_ALL } from '../../openapi/operation-filter.ts';
import { subjectOf } from '../../openapi/preview/subject.ts';
import { readOpenApi } from '../../openapi/read.ts';
import type { PreviewSubject } from './report.ts';

/** @param paths `paths` of the document; `more` goes beside it */
export async function testSubject(
  paths: object,
  more: object = {},
  knownNames: ReadonlyMap<string, string> = new Map(),
): Promise<PreviewSubject> {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: 'https://shop.example.com' }],
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    paths,
    ...more,
  };
  const read = await readOpenApi(
    { location: '/shop.json', bytes: Buffer.from(JSON.stringify(document)) },
    {
      overlays: [],
      filter: KEEP_ALL,
      knownNames,
      load: () => Promise.resolve('it is not there'),
    },
  );
  if ('text' in read) throw new Error(read.text);
  return subjectOf(read);
}
