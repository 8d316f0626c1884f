/** Documents looked at without an upstream of theirs; what that needs is loaded when it is asked for. */
import type { openGraphQl } from './graphql/offline.ts';
import type { openGrpc } from './grpc/offline.ts';
import type { readSources } from './grpc/source/files.ts';
import type { importOffline } from './openapi/import/offline.ts';
import type { openOffline } from './openapi/offline.ts';
import type { openSoap } from './soap/offline.ts';
import type { openSql } from './sql/offline.ts';
import type { Diffed, DiffRequest, PreviewDeps, Previewed, PreviewRequest } from './preview.ts';

/** Reads a document and reports everything worth knowing before it is added. Never rejects. */
export async function previewSource(
  request: PreviewRequest,
  deps: PreviewDeps,
): Promise<Previewed> {
  const preview = await import('./preview.ts');
  return await preview.previewSource(request, deps);
}

/**
 * Compares a document with what callers of an upstream have now: its last import, or where none is
 * kept, the document that its entry names. Never rejects.
 */
export async function diffSource(request: DiffRequest, deps: PreviewDeps): Promise<Diffed> {
  const preview = await import('./preview.ts');
  return await preview.diffSource(request, deps);
}

/** Documents with nothing behind them, for measuring. */
export interface Offline {
  readonly importOffline: typeof importOffline;
  readonly openOffline: typeof openOffline;
}

export async function loadOffline(): Promise<Offline> {
  const [imports, documents] = await Promise.all([
    import('./openapi/import/offline.ts'),
    import('./openapi/offline.ts'),
  ]);
  return { importOffline: imports.importOffline, openOffline: documents.openOffline };
}

/** A GraphQL schema with nothing behind it, for measuring. */
export async function loadOfflineGraphQl(): Promise<typeof openGraphQl> {
  return (await import('./graphql/offline.ts')).openGraphQl;
}

/** WSDLs with nothing behind them, for measuring. */
export async function loadOfflineSoap(): Promise<typeof openSoap> {
  return (await import('./soap/offline.ts')).openSoap;
}

/** Reads `.proto` texts and descriptor sets, for servers of tests. */
export async function loadProtoReader(): Promise<typeof readSources> {
  return (await import('./grpc/source/files.ts')).readSources;
}

/** Descriptors of gRPC services with nothing behind them, for measuring. */
export async function loadOfflineGrpc(): Promise<typeof openGrpc> {
  return (await import('./grpc/offline.ts')).openGrpc;
}

/** Queries of a folder with no database behind them, for measuring. */
export async function loadOfflineSql(): Promise<typeof openSql> {
  return (await import('./sql/offline.ts')).openSql;
}
