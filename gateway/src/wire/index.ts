/** How callers speak: which dialect, what a message means, and what an answer looks like. */
export { isQuestion, isToolError } from './answers.ts';
export { createDecode } from './decode.ts';
export { createEncode } from './encode.ts';
export type { Decoded, Routed } from './evidence.ts';
export { checkParamHeaders } from './headers.ts';
export type { WireDeps } from './ports.ts';
export { openApiDocument } from './rest/openapi.ts';
export { createRoute } from './route.ts';
