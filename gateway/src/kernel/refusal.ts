import { REASONS, type Reason } from './reasons.ts';

/** What a refusal adds to its reason; everything in it may be shown to the caller. */
export interface RefusalDetail {
  /** One sentence for this very case: what was wrong and what is allowed. */
  readonly text?: string;
  /** Members for JSON-RPC `error.data`, beside `reason`. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** The `WWW-Authenticate` header: how to be identified, or what is missing (RFC 6750, section 3). */
  readonly challenge?: string;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
}

/** An expected no. Stages return it as a value; only `encode` knows what it looks like on a wire. */
export class Refusal {
  readonly kind = 'refusal';
  readonly reason: Reason;
  readonly detail: RefusalDetail;

  constructor(reason: Reason, detail: RefusalDetail = {}) {
    this.reason = reason;
    this.detail = detail;
  }

  /** The reason's safe text, followed by what is particular to this case. */
  get text(): string {
    const row = REASONS[this.reason];
    return this.detail.text === undefined ? row.text : `${row.text} ${this.detail.text}`;
  }
}
