/** What processes of one gateway tell each other, and what they remember together. */
export { createCoordination, type CoordinationOptions } from './create.ts';
export { CoordinationError, type CoordinationFailure } from './error.ts';
export type {
  AskEnd,
  AskOptions,
  AskRefusal,
  Coordination,
  SharedValues,
  Subscription,
  TakenAsk,
} from './port.ts';
