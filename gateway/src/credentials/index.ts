/**
 * Whose credentials a request to an upstream carries: the gateway's own, or what a caller's access
 * token is exchanged for. One resolver for lists and for calls, whatever kind the upstream is.
 */
export { createCredentials, type Credentials } from './room.ts';
