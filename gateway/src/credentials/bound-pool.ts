/** Connections whose requests carry credentials that may have to be fetched first. */
import type {
  OutboundPool,
  OutboundRequest,
  ResponseControl,
  ResponseHandler,
  ResponseHeaders,
} from '../egress/index.ts';
import { Refusal } from '../kernel/index.ts';
import type { Carried, Source } from './sources.ts';

const AGAIN = new Error('the request is made again with another token');

/** A request was not made, because there are no credentials for it. */
export class CredentialsMissing extends Error {
  override readonly name = 'CredentialsMissing';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.text);
    this.refusal = refusal;
  }
}

/**
 * The same connections for one principal, or for the gateway itself. A request never leaves without
 * its credentials: where there are none it fails with `CredentialsMissing`. One that is answered with
 * 401 is made once more where another token can be had; a server that says so took nothing of it.
 */
export function boundPool(pool: OutboundPool, source: Source): OutboundPool {
  return {
    send: (request, handler) => {
      const ready = source.ready();
      if (ready === undefined) void sendLater(pool, source, request, handler, true);
      else sendNow(pool, source, request, handler, ready, true);
    },
    destroy: () => pool.destroy(),
  };
}

async function sendLater(
  pool: OutboundPool,
  source: Source,
  request: OutboundRequest,
  handler: ResponseHandler,
  mayRepeat: boolean,
): Promise<void> {
  const carried = await source.get();
  if (!(carried instanceof Refusal)) {
    sendNow(pool, source, request, handler, carried, mayRepeat);
    return;
  }
  handler.onResponseError(null, new CredentialsMissing(carried));
}

function sendNow(
  pool: OutboundPool,
  source: Source,
  request: OutboundRequest,
  handler: ResponseHandler,
  carried: Carried,
  mayRepeat: boolean,
): void {
  const again = (): boolean => {
    if (!mayRepeat || !source.refused(carried)) return false;
    void sendLater(pool, source, request, handler, false);
    return true;
  };
  pool.send(withCarried(request, carried), mayRepeat ? new FirstTry(handler, again) : handler);
}

/** @returns the request with them; a header of the same name that stood there is left out */
export function withCarried(request: OutboundRequest, carried: Carried): OutboundRequest {
  const { headers, query } = carried;
  const names = headers.filter((_each, at) => at % 2 === 0);
  const others: string[] = [];
  for (let at = 0; at < request.headers.length; at += 2) {
    const name = request.headers[at] ?? '';
    if (!names.includes(name.toLowerCase())) others.push(name, request.headers[at + 1] ?? '');
  }
  return { ...request, headers: [...others, ...headers], path: withQuery(request.path, query) };
}

export function withQuery(path: string, query: Carried['query']): string {
  if (query.length === 0) return path;
  const added = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return `${path}${path.includes('?') ? '&' : '?'}${added}`;
}

/** Hears the answer first: one that says 401 is not handed on where the request is made again. */
class FirstTry implements ResponseHandler {
  private readonly handler: ResponseHandler;
  private readonly again: () => boolean;
  private isOver = false;

  constructor(handler: ResponseHandler, again: () => boolean) {
    this.handler = handler;
    this.again = again;
  }

  onRequestStart(control: ResponseControl): void {
    this.handler.onRequestStart(control);
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    if (status === 401 && this.again()) {
      this.isOver = true;
      control.abort(AGAIN);
    } else this.handler.onResponseStart(control, status, headers);
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    if (!this.isOver) this.handler.onResponseData(control, chunk);
  }

  onResponseEnd(): void {
    if (!this.isOver) this.handler.onResponseEnd();
  }

  onResponseError(control: ResponseControl | null, error: Error): void {
    if (!this.isOver) this.handler.onResponseError(control, error);
  }
}
