/** Sessions of legacy servers over HTTP, whichever of the two transports they speak. */
import { Refusal } from '../../kernel/index.ts';
import type { LinkHost } from '../mcp/connector.ts';
import type { Verdict } from '../mcp/era-keeper.ts';
import type { PooledLink } from '../mcp/link.ts';
import { openSseSession } from '../mcp-sse/session.ts';
import { HttpSession } from './session.ts';
import type { HttpTarget } from './target.ts';

/** How servers of before Streamable HTTP answer a POST (2025-11-25, backwards compatibility). */
const NO_STREAMABLE_HTTP: ReadonlySet<number> = new Set([400, 404, 405]);

export class LegacyOpener {
  /** The verdict under which the server was found to speak HTTP with SSE. */
  private oldUnder: Verdict | undefined;

  /**
   * Opens a session; it is initialized when this resolves. A server that does not take `initialize`
   * but names an address for messages on a GET speaks HTTP with SSE (2024-11-05); that is known as
   * long as the verdict on its era is. Never rejects.
   */
  async open(
    host: LinkHost,
    target: HttpTarget,
    key: string,
    verdict: Verdict,
  ): Promise<PooledLink | Refusal> {
    const { revision } = verdict;
    if (this.oldUnder === verdict) {
      const known = await openSseSession(host, target, key, revision);
      if (known instanceof Refusal && known.reason === 'upstream_invalid')
        this.oldUnder = undefined;
      return known;
    }
    const session = new HttpSession(host, target, key, revision);
    const refusal = await session.begin();
    if (refusal === undefined) return session;
    if (!NO_STREAMABLE_HTTP.has(session.refusedWith)) return refusal;
    const old = await openSseSession(host, target, key, revision);
    if (old instanceof Refusal) return refusal;
    this.oldUnder = verdict;
    return old;
  }
}
