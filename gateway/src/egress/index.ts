/** The way out of the house: connection pools, and the guard over addresses that others steer. */
export {
  AddressRefused,
  addressFault,
  guardedLookup,
  hostsOf,
  isHostAllowed,
  type FindAddresses,
} from './address-guard.ts';
export { addressKind, isInRange } from './address-kinds.ts';
export { askAddress } from './ask-address.ts';
export { ask, type Asked, type AskOptions, type CutReason } from './ask.ts';
export { failureWords, safeAddress } from './failure-words.ts';
export { fetchDocument, type FetchOptions } from './fetch-document.ts';
export { isHeaderName, isHeaderValue } from './header-values.ts';
export { openPool } from './http-pool.ts';
export { openHttp2 } from './http2-session.ts';
export { InvalidResponse } from './outbound.ts';
export type {
  GuardedLookup,
  OutboundPool,
  OutboundRequest,
  ResponseControl,
  ResponseHandler,
  ResponseHeaders,
  WayOut,
} from './outbound.ts';
export { openTls } from './outbound-tls.ts';
export {
  openWebSocket,
  type WebSocketEars,
  type WebSocketEnd,
  type WebSocketLink,
} from './web-socket.ts';
export { readProxies, type Proxies } from './proxies.ts';
export { clientTlsSchema, type ClientTlsConfig } from './tls-schema.ts';
