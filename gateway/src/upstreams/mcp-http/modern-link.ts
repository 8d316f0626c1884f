/** Requests of 2026-07-28: each stands for itself, so one link serves everybody. */
import type { Flight } from '../mcp/flight.ts';
import type { PooledLink } from '../mcp/link.ts';
import type { Incoming } from '../mcp/message.ts';
import { encodeMirrored } from '../mcp/mirrored.ts';
import { Post, type PostOwner } from './post.ts';
import type { HttpTarget } from './target.ts';

export class ModernLink implements PooledLink, PostOwner {
  readonly era = 'modern';
  readonly head = undefined;
  /** What it asks comes as an answer. */
  readonly mayAsk = false;
  readonly key: string;
  readonly revision: string;
  inFlight = 0;
  isWatching = false;
  private readonly target: HttpTarget;
  private readonly headers: readonly string[];
  private lastId = 0;

  constructor(target: HttpTarget, key: string, revision: string) {
    this.target = target;
    this.key = key;
    this.revision = revision;
    this.headers = [
      'Content-Type',
      'application/json',
      'Accept',
      'application/json, text/event-stream',
      'MCP-Protocol-Version',
      revision,
      ...target.headers,
    ];
  }

  send(flight: Flight): void {
    flight.link = this;
    flight.rawId = String(++this.lastId);
    this.inFlight++;
    const post = new Post(flight, this);
    flight.line = post;
    const headers = [...this.headers, 'Mcp-Method', encodeMirrored(flight.method)];
    flight.pushHeaders(headers);
    const body = flight.encode(this);
    this.target.pool.send({ method: 'POST', path: this.target.path, headers, body }, post);
  }

  /** Closing the stream is the cancellation (2026-07-28, Streamable HTTP). */
  abandon(flight: Flight): void {
    flight.line?.abort();
  }

  forget(_flight: Flight): void {
    this.inFlight--;
  }

  headCame(): boolean {
    return true;
  }

  /** Streams of this era are not resumed (2026-07-28, Streamable HTTP). */
  resume(): boolean {
    return false;
  }

  asked(_request: Incoming, flight: Flight): void {
    flight.refuse('upstream_invalid', 'It sent a request, which servers of its revision do not.');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
