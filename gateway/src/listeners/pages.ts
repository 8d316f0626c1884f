/** What is neither MCP, nor the REST facade, nor metadata, nor health: the admin API and pages for people. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { REASONS, Refusal, docsAnchor, type Head, type Reason } from '../kernel/index.ts';

export interface Pages {
  /** Whether a path (without its query) is theirs. */
  owns(path: string): boolean;
  /**
   * Takes a request to its end; whoever is owner of the path answers every method. Host, Origin and
   * the number of requests of its address were checked. Never throws, and never answers with more
   * than it has read: what is left of a body ends the connection.
   * @param head the request's head as it was checked; its remote address is the caller's own
   */
  answer(request: IncomingMessage, response: ServerResponse, head: Head): void;
}

/** Pages, and what may stop a request before it gets to them. */
export interface GuardedPages extends Pages {
  /** Undefined where the request may come in. */
  gate(head: Head): Refusal | undefined;
}

/** Several owners of paths as one; the first one that owns a path gets its requests. */
export function mountPages(all: readonly Pages[]): Pages {
  const ownerOf = (path: string): Pages | undefined => all.find((each) => each.owns(path));
  return {
    owns: (path) => ownerOf(path) !== undefined,
    answer: (request, response, head) => ownerOf(head.path)?.answer(request, response, head),
  };
}

/** Pages whose code is loaded at the first request to them; who never asks never pays for it. */
export function pagesOnDemand(
  owns: (path: string) => boolean,
  load: () => Promise<Pages>,
  onBug: (error: unknown) => void,
): Pages {
  let loading: Promise<Pages> | undefined;
  const fail = (response: ServerResponse, error: unknown): void => {
    loading = undefined;
    onBug(error);
    refuse(new Refusal('internal'), response);
  };
  return {
    owns,
    answer: (request, response, head) => {
      loading ??= load();
      void loading.then(
        (pages) => pages.answer(request, response, head),
        (error: unknown) => fail(response, error),
      );
    },
  };
}

/** Hands a request to its owner, or refuses it with problem details (RFC 9457). */
export function answerPage(
  pages: GuardedPages,
  head: Head,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refusal = pages.gate(head);
  if (refusal === undefined) pages.answer(request, response, head);
  else refuse(refusal, response);
}

const STATUS: Partial<Record<Reason, number>> = {
  draining: 503,
  address_rate_limited: 429,
  internal: 500,
};

function refuse({ reason, detail, text }: Refusal, response: ServerResponse): void {
  const status = STATUS[reason] ?? 403;
  const title = REASONS[reason].text;
  const body = JSON.stringify({ type: docsAnchor(reason), title, status, detail: text, reason });
  const { retryAfterSeconds } = detail;
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(body);
}
