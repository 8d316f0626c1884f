/** How an exchange ended, in the words of its record. */
import { Refusal, type Exchange, type Terminal } from '../kernel/index.ts';
import type { Outcome, Rooms } from './rooms.ts';

/** @param isGone whether nobody heard `message`, or is to hear it later */
export function outcomeOf(
  x: Exchange,
  message: Terminal,
  resultBytes: number,
  isGone: boolean,
  rooms: Rooms,
): Outcome {
  if (message instanceof Refusal && !(isGone && isAbandoned(x, message))) {
    const kind = message.reason === 'cancelled' ? 'cancelled' : 'refused';
    return { kind, reason: message.reason, isError: true, resultBytes };
  }
  if (isGone) return { kind: 'abandoned', reason: '', isError: false, resultBytes };
  const kind = rooms.isQuestion(message) ? 'asked' : 'answered';
  const isError = message.kind === 'error' || rooms.isToolError(message);
  return { kind, reason: '', isError, resultBytes };
}

/** A legacy caller never says by going away that it cancels, so it is not recorded as saying it. */
function isAbandoned({ dialect, cancellation }: Exchange, { reason }: Refusal): boolean {
  if (reason !== 'cancelled' || dialect !== 'legacy') return false;
  return cancellation.reason === 'disconnected';
}

export function byteLength(bytes: Buffer | string): number {
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
}
