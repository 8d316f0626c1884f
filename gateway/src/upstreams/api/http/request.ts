/** What an encoder gives: a request, or why there is none. */

export interface HttpRequest {
  readonly kind: 'request';
  readonly method: string;
  /** Address of the operation itself; '' for the one that is configured. */
  readonly server: string;
  /** Encoded path and query, beginning with one `/`. */
  readonly path: string;
  /** Names and values in turn, Content-Type and Accept included; Latin-1, without line breaks. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

/** A body as it is sent. */
export interface EncodedBody {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** An argument that passed its schema and yet cannot be sent. */
export interface Unsendable {
  readonly kind: 'unsendable';
  /** As the model knows it. */
  readonly argument: string;
  /** What is wrong and what is allowed. */
  readonly text: string;
}

export function unsendable(argument: string, text: string): Unsendable {
  return { kind: 'unsendable', argument, text };
}
