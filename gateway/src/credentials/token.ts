/** An access token, or why there is none. */

export type Token =
  | { readonly ok: true; readonly value: string }
  /** Without secrets, in words for the caller. */
  | { readonly ok: false; readonly why: string };

/** A token as its endpoint gave it out. */
export interface Granted {
  readonly value: string;
  /** For how long it may be used from now on, milliseconds. */
  readonly lifeMs: number;
}
