/** One message of a caller, decoded but not re-typed: the bytes, and where its parts stand. */
import type { JsonView } from './json/view.ts';
import type { MethodRow } from './methods.ts';

/** How a caller speaks: MCP of either era, or plain HTTP with JSON bodies. */
/** The head of an HTTP request as `listeners` hands it on; header names are in lower case. */
export interface Head {
  readonly httpMethod: string;
  readonly path: string;
  /** What follows the first `?` of the address; '' where nothing does. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string;
  /** It came through no socket: this very process asks. No listener ever sets it. */
  readonly isOwn?: true;
}

/** What a call is, whichever dialect it came in. */
export interface Call {
  /**
   * `stream` is a legacy GET, `end` a legacy DELETE; neither has a body. `wrapped` is a body whose
   * messages are walked each as an exchange of its own: a batch, or a message for a stream.
   */
  readonly kind: 'request' | 'notification' | 'response' | 'stream' | 'end' | 'wrapped';
  readonly method: string;
  /** The method's row; undefined for vendor methods and responses. */
  readonly row: MethodRow | undefined;
  /** The JSON-RPC id exactly as written (`7`, `"a"`); '' where there is none. */
  readonly rawId: string;
  readonly view: JsonView;
  /** Entry of `params`, `params._meta` and `params.arguments` in the view; -1 where absent. */
  readonly params: number;
  readonly meta: number;
  readonly arguments: number;
  /** The decoded name or URI that the method's row asks for; '' where it asks for none. */
  readonly name: string;
  /** The progress token exactly as written; '' where the caller wants no progress. */
  readonly rawProgressToken: string;
  /** Log level asked for with this request; '' for none. */
  readonly logLevel: string;
  /** The caller's capabilities as JSON text: of this request (modern) or session (legacy). */
  readonly capabilities: string;
  /** The caller's own words about itself; for the record only. */
  readonly clientInfo: string;
  readonly revision: string;
}

/** A legacy session, as far as other rooms may know it. */
export interface SessionRef {
  /** The sealed token the client holds. */
  readonly token: string;
  /** Unsealed, stable key of the session within this gateway. */
  readonly key: string;
  readonly revision: string;
  readonly capabilities: string;
  readonly clientInfo: string;
}
