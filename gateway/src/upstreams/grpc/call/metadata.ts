/** What every call carries beside its messages, credentials of whoever calls among it. */
import type { OutboundPool, ResponseControl, ResponseHandler } from '../../../egress/index.ts';
import type { Principal } from '../../../kernel/index.ts';
import type { UpstreamCredentials } from '../../credential-port.ts';

/** Metadata with credentials in it. */
export interface Carried {
  readonly metadata: readonly string[];
  /**
   * The server did not take the credentials.
   * @returns the same with others where they can be had, once
   */
  refused(): Promise<Carried | undefined>;
  /** The call is over. */
  done(): void;
}

/** @throws what says why there are no credentials; nothing is sent without them */
export function carry(
  presented: Pick<UpstreamCredentials, 'bind'>,
  principal: Principal | undefined,
  metadata: readonly string[],
): Promise<Carried> {
  return new Promise((resolve, reject) => {
    const request = new Carrying(metadata, resolve, reject);
    request.start(presented, principal);
  });
}

const DONE = new Error('the call is over');

/**
 * Credentials are bound to connections of HTTP/1.1. This stands in the place of one: what is asked
 * of it is what goes into the metadata, and what it answers is whether the server took that.
 */
class Carrying implements ResponseHandler {
  private readonly metadata: readonly string[];
  private tell: (carried: Carried) => void;
  private fail: (error: Error) => void;

  constructor(
    metadata: readonly string[],
    tell: (carried: Carried) => void,
    fail: (error: Error) => void,
  ) {
    this.metadata = metadata;
    this.tell = tell;
    this.fail = fail;
  }

  start(presented: Pick<UpstreamCredentials, 'bind'>, principal: Principal | undefined): void {
    const pool: OutboundPool = {
      send: ({ headers }, handler) => {
        this.tell(this.carried(headers, handler));
      },
      destroy: () => Promise.resolve(),
    };
    const request = { method: 'POST', path: '/', headers: this.metadata, body: null };
    presented.bind(pool, principal).send(request, this);
  }

  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(): void {}
  onResponseEnd(): void {}

  onResponseError(_control: ResponseControl | null, error: Error): void {
    this.fail(error);
  }

  private carried(headers: readonly string[], handler: ResponseHandler): Carried {
    const metadata: string[] = [];
    for (let at = 0; at < headers.length; at += 2) {
      metadata.push((headers[at] ?? '').toLowerCase(), headers[at + 1] ?? '');
    }
    return {
      metadata,
      refused: () => this.again(handler),
      done: () => handler.onResponseError(null, DONE),
    };
  }

  private again(handler: ResponseHandler): Promise<Carried | undefined> {
    return new Promise((resolve, reject) => {
      let isAborted = false;
      this.tell = resolve;
      this.fail = reject;
      const control: ResponseControl = {
        abort: () => {
          isAborted = true;
        },
        setAside: () => undefined,
      };
      handler.onResponseStart(control, 401, {});
      if (!isAborted) resolve(undefined);
    });
  }
}
