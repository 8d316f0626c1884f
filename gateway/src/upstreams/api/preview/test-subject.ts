/** An OpenAPI document of a few lines as previews look at it. */
import { readText } from '../../openapi/preview/open-document.ts';
import { KEEP_ALL } from '../../openapi/operation-filter.ts';
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
  const opened = await readText(
    { location: '/shop.json', bytes: Buffer.from(JSON.stringify(document)) },
    {
      overlays: [],
      filter: KEEP_ALL,
      knownNames,
      load: () => Promise.resolve('it is not there'),
    },
  );
  if (opened.kind === 'fault') throw new Error(opened.text);
  return opened.subject;
}
