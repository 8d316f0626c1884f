/** The kinds of APIs: how each is recognised and written down, and where its machinery is. */
import { extname } from 'node:path';
import type { Entry } from '../config/index.ts';
import { API_KINDS, type ApiKindName } from './api/kind-names.ts';
import type { ApiKind } from './api/kind.ts';
import { dialectOf } from './sql/dialect.ts';

/** What was found out about a source, or said of it, before its entry is written. */
export interface Written {
  /** Where the API is; '' where its description is enough. */
  readonly url: string;
  readonly mode: string;
  /** Undefined for the default. */
  readonly maxListTokens: number | undefined;
}

/** One kind, as far as it is known without its machinery. */
export interface KindRow {
  /** What people call what describes it: `an OpenAPI document`. */
  readonly words: string;
  /**
   * By its name alone, is a path or address of this kind: `yes` where it can be nothing else that is
   * known here, `maybe` where it has to be read.
   */
  fits(source: string): 'yes' | 'maybe' | 'no';
  /** Its section of an entry; texts are escaped already. */
  section(source: string, written?: Written): Entry;
  /** Loads its machinery, when the first of the kind is used. */
  load(): Promise<ApiKind>;
}

export const KIND_ROWS: Readonly<Record<ApiKindName, KindRow>> = {
  openapi: {
    words: 'an OpenAPI document',
    fits: (source) => {
      if (/^https?:\/\//i.test(source)) return hasExtension(source, DOCUMENT) ? 'yes' : 'maybe';
      return hasExtension(source, DOCUMENT) ? 'yes' : 'no';
    },
    section: (source, written) => ({ document: source, ...sectionOf(written) }),
    load: async () => (await import('./openapi/kind.ts')).openApiKind,
  },
  graphql: {
    words: 'a GraphQL schema',
    fits: (source) => {
      if (hasExtension(source, SCHEMA)) return 'yes';
      const url = /^https?:\/\//i.test(source) ? URL.parse(source) : null;
      if (url === null) return hasExtension(source, INTROSPECTION) ? 'maybe' : 'no';
      return /\/(?:graphql|gql)\/?$/i.test(url.pathname) ? 'yes' : 'maybe';
    },
    section: (source, written) => {
      const isFile = hasExtension(source, SCHEMA) || hasExtension(source, INTROSPECTION);
      const isAddress = /^https?:\/\//i.test(source) && !isFile;
      return { ...sectionOf(written), ...(isAddress ? { url: source } : { schema: source }) };
    },
    load: async () => (await import('./graphql/kind.ts')).graphQlKind,
  },
  sql: {
    words: 'a database or a folder of .sql files',
    fits: (source) => {
      if (dialectOf(source) !== undefined) return 'yes';
      return /^(?![a-z][a-z0-9+.-]+:).*[\\/][^.\\/]*[\\/]?$/i.test(source) ? 'maybe' : 'no';
    },
    section: (source, written) => ({
      ...sectionOf(written),
      ...(dialectOf(source) === undefined ? { queries: source } : { url: source }),
    }),
    load: async () => (await import('./sql/kind.ts')).sqlKind,
  },
  grpc: {
    words:
      'the address of a gRPC server (grpc://host:port), a .proto file, a folder of these or a descriptor set',
    fits: (source) => {
      if (/^grpcs?:\/\//i.test(source) || HOST_PORT.test(source)) return 'yes';
      if (FOLDER.test(source)) return 'maybe';
      return !/^[a-z][a-z0-9+.-]+:\/\//i.test(source) && hasExtension(source, PROTOBUF)
        ? 'yes'
        : 'no';
    },
    section: (source, written) => {
      if (/^grpcs?:\/\//i.test(source)) return { ...sectionOf(written), url: source };
      if (HOST_PORT.test(source)) return { ...sectionOf(written), url: `grpc://${source}` };
      const isText = hasExtension(source, PROTO) || !hasExtension(source, PROTOBUF);
      return {
        ...(isText ? { protos: [source] } : { descriptors: source }),
        ...sectionOf(written),
      };
    },
    load: async () => (await import('./grpc/kind.ts')).grpcKind,
  },
  soap: {
    words: 'a WSDL document',
    fits: (source) => {
      if (hasExtension(source, WSDL) || /\.wsdl\.xml$/i.test(source)) return 'yes';
      const url = /^https?:\/\//i.test(source) ? URL.parse(source) : null;
      if (url === null) return hasExtension(source, XML) ? 'maybe' : 'no';
      if (/^\?(?:.*&)?(?:single)?wsdl\b/i.test(url.search)) return 'yes';
      return hasExtension(source, DOCUMENT) ? 'no' : 'maybe';
    },
    section: (source, written) => ({ wsdl: source, ...sectionOf(written) }),
    load: async () => (await import('./soap/kind.ts')).soapKind,
  },
};

/** `127.0.0.1:9003`, `risk.internal:9003`, `[::1]:9003`. */
const HOST_PORT = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]):\d{1,5}$/i;
/** A path whose last step has no ending. */
const FOLDER = /^(?![a-z][a-z0-9+.-]+:).*[\\/][^.\\/]*[\\/]?$/i;
const PROTO: ReadonlySet<string> = new Set(['.proto']);
const PROTOBUF: ReadonlySet<string> = new Set('.proto .pb .protoset .desc .binpb .fds'.split(' '));
const SCHEMA: ReadonlySet<string> = new Set(['.graphql', '.graphqls', '.gql']);
const INTROSPECTION: ReadonlySet<string> = new Set(['.json']);
const WSDL: ReadonlySet<string> = new Set(['.wsdl']);
const XML: ReadonlySet<string> = new Set(['.xml']);
const DOCUMENT: ReadonlySet<string> = new Set(['.json', '.yaml', '.yml']);

/** The kinds that a source may be, those first that it can be by its name alone. */
export function kindsFor(source: string): readonly ApiKindName[] {
  const sure = API_KINDS.filter((name) => KIND_ROWS[name].fits(source) === 'yes');
  return [...sure, ...API_KINDS.filter((name) => KIND_ROWS[name].fits(source) === 'maybe')];
}

function hasExtension(source: string, extensions: ReadonlySet<string>): boolean {
  const path = /^[a-z][a-z0-9+.-]+:\/\//i.test(source)
    ? (URL.parse(source)?.pathname ?? '')
    : source;
  return extensions.has(extname(path).toLowerCase());
}

function sectionOf(written: Written | undefined): Entry {
  if (written === undefined) return {};
  const { url, mode, maxListTokens } = written;
  return {
    ...(url === '' ? {} : { url }),
    mode,
    ...(maxListTokens === undefined ? {} : { maxListTokens }),
  };
}
