/** The way out of the house: connection pools to addresses that the operator chose. */
export { isHeaderName, isHeaderValue } from './header-values.ts';
export { openPool } from './http-pool.ts';
export { InvalidResponse } from './outbound.ts';
export type {
  OutboundPool,
  OutboundRequest,
  ResponseControl,
  ResponseHandler,
  ResponseHeaders,
} from './outbound.ts';
