/** Whether an upstream answers, as far as calls and lists have shown. */
import type { Reason, Refusal, Terminal } from '../kernel/index.ts';
import type { UpstreamEvent } from './connector.ts';

/** Reasons that speak of the upstream and not of the caller. */
const FAILURES: ReadonlySet<Reason> = new Set([
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_invalid',
  'upstream_closed',
]);

export class Health {
  state: 'starting' | 'up' | 'down' = 'starting';
  lastError = '';
  private readonly upstream: string;
  private readonly onEvent: (event: UpstreamEvent) => void;

  constructor(upstream: string, onEvent: (event: UpstreamEvent) => void) {
    this.upstream = upstream;
    this.onEvent = onEvent;
  }

  /** Any answer shows that it is up; that it cannot be reached shows that it is down. */
  ended(message: Terminal): void {
    if (message.kind === 'refusal') this.failed(message);
    else if (this.state !== 'up') this.become('up', '');
  }

  /** Its lists could not be read, whatever the reason. */
  listFailed(refusal: Refusal): void {
    if (!FAILURES.has(refusal.reason)) return;
    this.lastError = refusal.text;
    if (this.state !== 'down') this.become('down', refusal.text);
  }

  private failed(refusal: Refusal): void {
    if (!FAILURES.has(refusal.reason)) return;
    this.lastError = refusal.text;
    if (refusal.reason === 'upstream_unavailable' && this.state !== 'down') {
      this.become('down', refusal.text);
    }
  }

  private become(state: 'up' | 'down', why: string): void {
    this.state = state;
    this.onEvent({ upstream: this.upstream, kind: 'state', state, why });
  }
}
