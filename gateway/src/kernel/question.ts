/** What a server may ask of its client in the middle of a call, and what comes back. */
export type QuestionMethod = 'elicitation/create' | 'sampling/createMessage' | 'roots/list';

/** One question of an upstream. */
export interface Question {
  /** Names it among the questions of the same call; never used a second time. */
  readonly key: string;
  readonly method: QuestionMethod;
  /** JSON text of its `params` object as the upstream wrote it; '' where it has none. */
  readonly params: string;
}

/** What became of a question. */
export type Answer =
  /** The caller's result: JSON text of an object, in the form of the question's method. */
  | { readonly kind: 'result'; readonly result: string }
  /** The caller's JSON-RPC error: JSON text of the error object. Only legacy callers have one. */
  | { readonly kind: 'error'; readonly error: string }
  /** Nobody answered, or nobody could be asked. */
  | { readonly kind: 'none' };
