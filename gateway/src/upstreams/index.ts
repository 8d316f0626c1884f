/** The servers behind the gateway: pools, sessions, child processes, and what they offer. */
export type { UpstreamEvent, UpstreamStatus } from './connector.ts';
export { upstreamsSchema } from './schema.ts';
export type { UpstreamLimits } from './members.ts';
export { createUpstreams, type Upstreams } from './upstreams.ts';
export { previewSource, diffSource } from './preview.ts';
export type { PreviewReport } from './api/preview/report.ts';
export type { Change, DiffReport } from './api/preview/diff/change.ts';
export { importOffline } from './openapi/import/offline.ts';
export { openOffline, type OfflineApi, type OfflineCall } from './openapi/offline.ts';
export type { FileValue } from './api/model.ts';
export type { HttpRequest } from './openapi/encode/request.ts';
