/** Hears one outbound request and checks that it is told in order, and of one end only. */
import type {
  OutboundPool,
  OutboundRequest,
  ResponseControl,
  ResponseHandler,
  ResponseHeaders,
} from '../../gateway/src/egress/index.ts';

type Hook = (control: ResponseControl) => void;

export class Recorder implements ResponseHandler {
  control: ResponseControl | undefined;
  status = 0;
  headers: ResponseHeaders = {};
  readonly chunks: Buffer[] = [];
  error: Error | undefined;
  /** The control that came with the error. */
  failed: ResponseControl | null | undefined;
  /** What was heard: start, head, data, end, error. */
  readonly heard: string[] = [];
  /** Resolves with the last thing heard. */
  readonly over: Promise<'end' | 'error'>;
  readonly started: Promise<void>;
  private readonly hooks: Readonly<Record<string, Hook>>;
  private finish: (how: 'end' | 'error') => void = () => undefined;
  private begin: () => void = () => undefined;

  constructor(hooks: Readonly<Record<string, Hook>> = {}) {
    this.hooks = hooks;
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.started = new Promise((resolve) => {
      this.begin = resolve;
    });
  }

  get body(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  onRequestStart(control: ResponseControl): void {
    this.control = control;
    this.begin();
    this.hear('start', control);
  }

  onResponseStart(control: ResponseControl, status: number, headers: ResponseHeaders): void {
    this.status = status;
    this.headers = headers;
    this.hear('head', control);
  }

  onResponseData(control: ResponseControl, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.hear('data', control);
  }

  onResponseEnd(): void {
    this.finish('end');
    this.hear('end', undefined);
  }

  onResponseError(control: ResponseControl | null, error: Error): void {
    this.failed = control;
    this.error = error;
    this.finish('error');
    this.hear('error', undefined);
  }

  /** Whether exactly one end was heard, and nothing after it. */
  get isSound(): boolean {
    const order = this.heard.join(' ');
    return /^(start( head( data)*)? )?(error)$|^start head( data)* end$/.test(order);
  }

  private hear(what: string, control: ResponseControl | undefined): void {
    this.heard.push(what);
    this.hooks[what]?.(control ?? { abort: () => undefined, setAside: () => undefined });
  }
}

export const POST: OutboundRequest = {
  method: 'POST',
  path: '/mcp',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{}'),
};

/** Sends one request and returns what hears of it. */
export function send(
  pool: OutboundPool,
  hooks: Readonly<Record<string, Hook>> = {},
  request: Partial<OutboundRequest> = {},
): Recorder {
  const recorder = new Recorder(hooks);
  pool.send({ ...POST, ...request }, recorder);
  return recorder;
}
