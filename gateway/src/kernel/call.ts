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
  /** The caller's: that of its connection, or what a trusted proxy says of it. */
  readonly remoteAddress: string;
  /** Left out where the connection is plain and nobody speaks of another caller. */
  readonly via?: Via | undefined;
  /** It came through no socket: this very process asks. No listener ever sets it. */
  readonly isOwn?: true;
}

/** What is known of the way on which a request came, beside an address. */
export interface Via {
  /** The caller's own connection is encrypted, as far as anybody who is trusted says. */
  readonly isSecure: boolean;
  /** What the caller showed, verified or not. */
  readonly certificate: ClientCertificate | undefined;
  /** Why it cannot be told for whom a trusted proxy asks; '' where it can. */
  readonly fault: string;
  /** Headers for which nobody vouches say that it comes from another machine. */
  readonly isElsewhere: boolean;
}

/** A certificate of a caller, by the names of its subject and of its list of alternative names. */
export interface ClientCertificate {
  /** Why it does not count, as the TLS library says it; '' where it was verified. */
  readonly fault: string;
  /** SHA-256 of it. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly beginsMs: number;
  readonly expiresMs: number;
  readonly cn: readonly string[];
  readonly o: readonly string[];
  readonly ou: readonly string[];
  readonly dns: readonly string[];
  readonly uri: readonly string[];
  readonly email: readonly string[];
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
