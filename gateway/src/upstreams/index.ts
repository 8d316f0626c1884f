/** The servers behind the gateway: pools, sessions, child processes, and what they offer. */
export type { UpstreamEvent, UpstreamStatus } from './connector.ts';
export { upstreamsSchema } from './schema.ts';
export type { UpstreamLimits } from './members.ts';
export type { Hook, HookHeaders, HookRequest, HookVerdict } from './webhook/hook.ts';
export { createUpstreams, type Upstreams } from './upstreams.ts';
export {
  diffSource,
  loadOffline,
  loadOfflineGraphQl,
  loadOfflineGrpc,
  loadOfflineSoap,
  loadOfflineSql,
  loadProtoReader,
  previewSource,
} from './documents.ts';
export { KIND_ROWS, kindsFor } from './kinds.ts';
export type { PreviewReport } from './api/preview/report.ts';
export type { Change, DiffReport } from './api/preview/diff/change.ts';
export type { OfflineApi, OfflineCall } from './openapi/offline.ts';
export type { FileValue } from './api/model.ts';
export type { HttpRequest } from './api/http/request.ts';
export type { OfflineSoap } from './soap/offline.ts';
