/** Which answers are still to be given on a connection. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export class UnderWay {
  private readonly responses = new WeakMap<Duplex, Set<ServerResponse>>();

  /** Counts an answer until it is given or its caller is gone. */
  add(response: ServerResponse): void {
    const { socket } = response.req;
    const set = this.responses.get(socket) ?? new Set();
    this.responses.set(socket, set.add(response));
    response.on('close', () => set.delete(response));
  }

  /** Whether a request that arrived whole waits for its answer, or has got only a part of it. */
  isOwedAnswer(socket: Duplex): boolean {
    const set = this.responses.get(socket) ?? [];
    for (const response of set) if (response.req.complete || response.headersSent) return true;
    return false;
  }
}
