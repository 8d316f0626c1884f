/** The servers behind the gateway: pools, sessions, child processes, and what they offer. */
export type { UpstreamEvent, UpstreamStatus } from './connector.ts';
export type { Listing, RawItem } from './listing.ts';
export { upstreamsSchema, type UpstreamConfig, type UpstreamsConfig } from './schema.ts';
export type { UpstreamLimits } from './members.ts';
export { createUpstreams, type Upstreams, type UpstreamsDeps } from './upstreams.ts';
