/** Which OpenAPI version a text is in, or what else it is. */
import type { Node, OpenApiVersion } from './document.ts';
import { isMapping, memberOf, textOf } from './source/node.ts';

export interface DetectedVersion {
  readonly version: OpenApiVersion;
  /** What had to be guessed; '' for nothing. */
  readonly repair: string;
}

const NEEDED = 'A document begins with "openapi: 3.x" or "swagger: 2.0".';

/** @returns one or two sentences where it is no document that can be read */
export function detectVersion(root: Node): DetectedVersion | string {
  if (!isMapping(root)) return `It is no OpenAPI document: its top level is no mapping. ${NEEDED}`;
  const openapi = textOf(memberOf(root, 'openapi'));
  const swagger = textOf(memberOf(root, 'swagger'));
  if (openapi !== '') return ofOpenApi(openapi);
  if (swagger !== '') return ofSwagger(swagger);
  const swagger1 = textOf(memberOf(root, 'swaggerVersion'));
  if (swagger1 !== '') return ofSwagger(swagger1);
  if (isMapping(memberOf(root, 'paths'))) return guessed(root);
  return `${otherKind(root)} ${NEEDED}`;
}

function ofOpenApi(written: string): DetectedVersion | string {
  const [, major = '', minor = ''] = /^v?(\d+)(?:\.(\d+))?/.exec(written) ?? [];
  if (major === '2') return { version: '2.0', repair: `"openapi: ${written}" was read as 2.0` };
  if (major !== '3') {
    return `OpenAPI "${written}" is not known here: 2.0, 3.0, 3.1 and 3.2 are. Save the document in one of these.`;
  }
  if (minor === '0' || minor === '1' || minor === '2') return { version: `3.${minor}`, repair: '' };
  const version = minor === '' ? '3.0' : '3.2';
  return { version, repair: `OpenAPI "${written}" is not known; read as ${version}` };
}

function ofSwagger(written: string): DetectedVersion | string {
  if (/^2(?:\.0)*$/.test(written)) return { version: '2.0', repair: '' };
  if (written.startsWith('3')) return ofOpenApi(written);
  if (written.startsWith('2')) {
    return { version: '2.0', repair: `Swagger "${written}" was read as 2.0` };
  }
  return `Swagger "${written}" is not supported: 2.0 is the oldest that is. Convert the document to OpenAPI 3 first.`;
}

function guessed(root: Node): DetectedVersion {
  const isOld = ['definitions', 'securityDefinitions', 'basePath', 'host'].some(
    (key) => memberOf(root, key) !== undefined,
  );
  const version = isOld ? '2.0' : '3.0';
  return { version, repair: `The document does not say its version; read as ${version}` };
}

function otherKind(root: Node): string {
  const has = (key: string): boolean => memberOf(root, key) !== undefined;
  if (has('asyncapi')) return 'It is an AsyncAPI document, which describes events.';
  if (has('__schema') || memberOf(memberOf(root, 'data'), '__schema') !== undefined) {
    return 'It is the introspection of a GraphQL API: give it under "graphql".';
  }
  if (has('overlay')) return 'It is an overlay: give it under "overlays", beside its document.';
  if (has('item') && has('info'))
    return 'It looks like a Postman collection: export it as OpenAPI.';
  return 'It is no OpenAPI document: it says neither "openapi" nor "swagger".';
}
