/** One event of a stream on which a call is answered. */
import { isBatch, splitBatch } from '../mcp/batch.ts';
import type { Flight } from '../mcp/flight.ts';
import type { Incoming } from '../mcp/message.ts';

/** Takes what the server asks on the stream of a call. */
export interface AskedOwner {
  asked(request: Incoming, flight: Flight): void;
}

/**
 * Takes a message, or several that were sent together.
 * @returns whether anything more is wanted on this stream
 */
export function takeEvent(data: Buffer, flight: Flight, owner: AskedOwner): boolean {
  if (!isBatch(data, flight.link?.revision)) return take(data, flight, owner);
  return splitBatch(data).every((part) => take(part, flight, owner));
}

function take(data: Buffer, flight: Flight, owner: AskedOwner): boolean {
  const incoming = flight.receive(data);
  if (incoming === undefined) return false;
  switch (incoming.kind) {
    case 'result':
    case 'error':
      flight.answer(incoming);
      return true;
    case 'notification':
      flight.heard(incoming);
      return true;
    case 'request':
      owner.asked(incoming, flight);
      return !flight.isSettled;
  }
}
