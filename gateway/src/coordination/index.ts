/** What processes of one gateway tell each other, and what they remember together. */
export { coordinate, type CoordinateDeps } from './coordinate.ts';
export { createCoordination, type CoordinationOptions } from './create.ts';
export { CoordinationError, type CoordinationFailure } from './error.ts';
export type { Backend } from './backend.ts';
export { MemoryBackend } from './memory/backend.ts';
export { MemoryHub } from './memory/hub.ts';
export { connectValkey } from './valkey/backend.ts';
export type {
  AskEnd,
  AskOptions,
  AskRefusal,
  Coordination,
  SharedValues,
  Subscription,
  TakenAsk,
} from './port.ts';
