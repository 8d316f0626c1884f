/** `POST /hooks/{upstream}`: where events of webhooks come in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal, type Clock, type Head } from '../kernel/index.ts';
import type { Hook, HookVerdict } from '../upstreams/index.ts';
import { HttpBody } from './http-body.ts';
import type { Pages } from './pages.ts';

/** How a request ended, for the record. */
export interface HookOutcome {
  /** Of an upstream that takes events, or '' for any other name. */
  readonly upstream: string;
  readonly address: string;
  readonly outcome: 'taken' | 'repeated' | HookRefusal;
  /** Whether the signature was right, so that it is known who sent it. */
  readonly isSigned: boolean;
  /** The sender's own id of the message; '' for none. */
  readonly id: string;
  readonly bytes: number;
}

export interface HookPorts {
  readonly clock: Clock;
  /** Whether there are any webhooks; without, there is no such door. */
  hasHooks(): boolean;
  find(upstream: string): Hook | undefined;
  /** @returns false where it could not be recorded; then nothing is taken */
  record(outcome: HookOutcome): boolean;
  onBug(error: unknown): void;
}

export type HookRefusal = keyof typeof STATUS;

/**
 * A signature that is wrong, missing or too old, and a name that is not known, are one answer: whoever
 * tries learns nothing of which it was.
 */
const STATUS = {
  method: 405,
  unsigned: 401,
  wrong_type: 415,
  too_large: 413,
  incomplete: 400,
  not_json: 400,
  slow: 408,
  too_many: 429,
  busy: 503,
  unrecorded: 503,
} as const;

const PREFIX = '/hooks/';
/** Bodies that are read at the same time. */
const MAX_READING = 64;
/** How long a sender may take for its body. */
const BODY_TIMEOUT_MS = 10_000;
const RETRY_SECONDS: Partial<Record<HookRefusal, string>> = {
  too_many: '1',
  busy: '1',
  unrecorded: '5',
};

/** Owns its paths only while there are webhooks. Never answers another origin's page (no CORS). */
export function hookPages(ports: HookPorts): Pages {
  const door = new HookDoor(ports);
  return {
    owns: (path) => path.startsWith(PREFIX) && ports.hasHooks(),
    answer: (request, response, head) => {
      door.take(request, head).then(
        (outcome) => answer(response, outcome),
        (error: unknown) => {
          ports.onBug(error);
          answer(response, 'busy');
        },
      );
    },
  };
}

class HookDoor {
  private readonly ports: HookPorts;
  private reading = 0;

  constructor(ports: HookPorts) {
    this.ports = ports;
  }

  async take(request: IncomingMessage, head: Head): Promise<HookOutcome['outcome']> {
    const name = head.path.slice(PREFIX.length);
    const hook = this.ports.find(name);
    const told = { upstream: hook === undefined ? '' : name, address: head.remoteAddress };
    const refuse = (outcome: HookRefusal, bytes = 0): HookRefusal => {
      this.ports.record({ ...told, outcome, isSigned: false, id: '', bytes });
      return outcome;
    };
    if (request.method !== 'POST') return refuse('method');
    const opened = hook?.open(head.headers) ?? ({ kind: 'unsigned' } as const);
    if (hook === undefined || opened.kind !== 'signed') {
      return refuse(opened.kind === 'wrong_type' ? 'wrong_type' : 'unsigned');
    }
    if (this.reading >= MAX_READING) return refuse('busy');
    const body = await this.read(request, hook.maxBodyBytes);
    if (typeof body === 'string') return refuse(body);
    const verdict = opened.judge(body);
    if (verdict.kind === 'unsigned') return refuse('unsigned', body.length);
    return this.settle(verdict, { ...told, bytes: body.length });
  }

  /** Nothing is awaited between the verdict and its end, so that no message is taken twice. */
  private settle(
    verdict: Exclude<HookVerdict, { readonly kind: 'unsigned' }>,
    told: Pick<HookOutcome, 'upstream' | 'address' | 'bytes'>,
  ): HookOutcome['outcome'] {
    const outcome = verdict.kind === 'event' ? 'taken' : verdict.kind;
    if (!this.ports.record({ ...told, outcome, isSigned: true, id: verdict.id })) {
      return 'unrecorded';
    }
    if (verdict.kind === 'event') verdict.keep();
    return outcome;
  }

  private async read(request: IncomingMessage, maxBytes: number): Promise<Buffer | HookRefusal> {
    this.reading++;
    const body = await new Promise<Buffer | Refusal | 'slow'>((resolve) => {
      const timer = this.ports.clock.after(BODY_TIMEOUT_MS, () => resolve('slow'));
      void new HttpBody(request).read(maxBytes).then((read) => {
        timer.cancel();
        resolve(read);
      });
    });
    this.reading--;
    if (!(body instanceof Refusal)) return body;
    return body.reason === 'body_too_large' ? 'too_large' : 'incomplete';
  }
}

function answer(response: ServerResponse, outcome: HookOutcome['outcome']): void {
  const isTaken = outcome === 'taken' || outcome === 'repeated';
  const retry = isTaken ? undefined : RETRY_SECONDS[outcome];
  response.writeHead(isTaken ? 202 : STATUS[outcome], {
    'content-length': 0,
    'cache-control': 'no-store',
    ...(outcome === 'method' ? { allow: 'POST' } : {}),
    ...(retry === undefined ? {} : { 'retry-after': retry }),
    // What is left of a body is not read.
    ...(isTaken ? {} : { connection: 'close' }),
  });
  response.end();
}
