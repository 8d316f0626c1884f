/**
 * Questions that travel to the caller and come back. Legacy callers are sent requests on the stream
 * of their call; for all others the call is parked, answered with `input_required`, and goes on for
 * the retry that brings the answers. What is handed out for that is sealed, bound to principal,
 * endpoint and call.
 */
import type { Interactions } from './interactions.ts';
import { InteractionRoom } from './interaction-room.ts';
import type { InteractionDeps } from './ports.ts';

export { interactionsSchema } from './config.ts';
export type { InteractionStatus, Interactions } from './interactions.ts';

export function createInteractions(deps: InteractionDeps): Interactions {
  return new InteractionRoom(deps);
}
