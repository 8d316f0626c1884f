/** What a reason looks like on a wire. */
export interface WireCode {
  /** HTTP status where nothing has been sent yet. */
  readonly status: number;
  /**
   * JSON-RPC code. Codes of the specification where it has one; our own are positive, since
   * -32768 to -32000 is reserved (JSON-RPC 2.0, section 5.1).
   */
  readonly code: number;
  /** For `tools/call` the model is told by a result with `isError`, so that it can do better. */
  readonly asToolError: boolean;
}

/** A row of a dialect's table. */
export function wireCode(status: number, code: number, asToolError = false): WireCode {
  return { status, code, asToolError };
}
