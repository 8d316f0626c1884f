/** What processes of one gateway tell each other, and what they remember together. */
export type { Backend } from './backend.ts';
export { coordinate } from './coordinate.ts';
export { createCoordination, type CoordinationOptions } from './create.ts';
export { CoordinationError } from './error.ts';
export { MemoryBackend } from './memory/backend.ts';
export { MemoryHub } from './memory/hub.ts';
export type { AskOptions, Coordination, TakenAsk } from './port.ts';
export { connectValkey } from './valkey/backend.ts';
