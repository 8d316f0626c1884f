/** How callers speak: which dialect, what a message means, and what an answer looks like. */
export { isQuestion, isToolError } from './answers.ts';
export { createDecode } from './decode.ts';
export { createEncode, type Encode } from './encode.ts';
export type { Decoded, Routed } from './evidence.ts';
export { checkParamHeaders } from './headers.ts';
export { LOG_LEVELS } from './log-levels.ts';
export type { SessionPort, WireDeps } from './ports.ts';
export { createRoute, endpointOf } from './route.ts';
