/**
 * The one model that every kind of API compiles to. Whoever lists, describes, prices, validates or
 * calls an operation sees only this; what only one kind understands stays inside `request`.
 */
import type { Json, JsonObject, Principal } from '../../kernel/index.ts';
import type { Feeds } from '../feeds/contract.ts';

/** Where something stands in its source, for every message that speaks of it. */
export interface SourcePlace {
  /** The file or address; '' for the document itself. */
  readonly source: string;
  /** JSON Pointer, or what names a place in a source of this kind. */
  readonly pointer: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

export interface Effects {
  readonly effect: 'read' | 'write' | 'destroy' | 'unknown';
  readonly isIdempotent: boolean;
  /** What says so. */
  readonly origin: 'verb' | 'extension' | 'operator' | 'guess';
}

/** One credential that a call may need. */
export interface AuthSlot {
  /** The scheme's name in its document. */
  readonly scheme: string;
  readonly scopes: readonly string[];
}

/** Any one of the lists suffices, of which all slots are needed; [] for none, [[]] in it for optional. */
export type AuthNeed = readonly (readonly AuthSlot[])[];

/** What is known of an operation from the index alone, before anything of it was compiled. */
export interface Operation {
  /** Stable key in the source: `http:GET /pets/{id}`. */
  readonly key: string;
  /** Tool name: unique within its API, `[a-zA-Z0-9_-]{1,48}`, the same over re-imports. */
  readonly name: string;
  /** Names that also call it. */
  readonly aliases: readonly string[];
  readonly title: string;
  /** One line of at most 120 characters, never empty. */
  readonly summary: string;
  readonly tags: readonly string[];
  readonly isDeprecated: boolean;
  /** `GET`, `mutation`, `unary`. */
  readonly verb: string;
  /** Path template, field or full method name. */
  readonly place: string;
  readonly effects: Effects;
  readonly auth: AuthNeed;
  readonly at: SourcePlace;
}

export interface Skipped {
  readonly what: string;
  readonly why: string;
  readonly at: SourcePlace;
}

/** Something in the source that was wrong and read as what it must mean. */
export interface Repair {
  readonly what: string;
  readonly at: SourcePlace;
}

/** A credential that the API knows. */
export interface AuthScheme {
  readonly name: string;
  readonly kind: 'api_key' | 'bearer' | 'basic' | 'oauth2' | 'open_id' | 'mutual_tls' | 'other';
  /** What is to be given, in words: `API key in the header X-Key`. */
  readonly words: string;
  /** Where an API key goes. */
  readonly location: 'header' | 'query' | 'cookie' | '';
  readonly parameter: string;
  /** OAuth token endpoint as written; '' where there is none. */
  readonly tokenUrl: string;
}

export interface ApiIndex {
  readonly kind: string;
  /** SHA-256 (hex) over everything that was read to make it, importer version included. */
  readonly digest: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Addresses the source names, variables filled with their defaults. */
  readonly servers: readonly string[];
  readonly schemes: readonly AuthScheme[];
  readonly operations: readonly Operation[];
  readonly skipped: readonly Skipped[];
  readonly repairs: readonly Repair[];
}

export interface ArgumentPlan {
  /** As the model knows it. */
  readonly name: string;
  /** As the API knows it; a pointer where it is a part of the body. */
  readonly wire: string;
  /** `path`, `query`, `header`, `cookie`, `querystring`, `body`, `body_property`. */
  readonly location: string;
  readonly isRequired: boolean;
  /** `file` takes `{ uri | data | text, filename?, mimeType? }`. */
  readonly role: 'value' | 'file';
  /**
   * Where files lie inside of a value, as pointers from the argument, `*` for each item of a list:
   * `/image`, `/*`; absent where there are none.
   */
  readonly files?: readonly string[];
}

/** How further pages are asked for. */
export type PaginationPlan =
  /** The next address stands in the `Link` header (RFC 8288) or at `next` in the body. */
  | { readonly style: 'link' | 'next_url'; readonly items: string; readonly next: string }
  /** A token at `next` in the body goes into the argument `token`. */
  | {
      readonly style: 'token';
      readonly items: string;
      readonly next: string;
      readonly argument: string;
      /** Where the body says whether there is more; absent where a token alone says it. */
      readonly more?: string;
      /** Instead, for calls that give the argument `when`, as those do that begin at the end. */
      readonly back?: {
        readonly when: string;
        readonly argument: string;
        readonly next: string;
        readonly more: string;
      };
    }
  /** The argument counts pages (`page`) or items (`offset`). */
  | {
      readonly style: 'page' | 'offset';
      readonly items: string;
      readonly argument: string;
      readonly sizeArgument: string;
      readonly first: number;
    };

/** One operation, compiled: plain JSON, so that it can be kept and compared. */
export interface OperationPlan {
  readonly key: string;
  /** Everything the model is told, trimmed with care. */
  readonly description: string;
  /** JSON Schema 2020-12 of the arguments in the default profile: the root is an object. */
  readonly input: JsonObject;
  /** What is listed where `input` is over its token budget; null where `input` itself is. */
  readonly listed: JsonObject | null;
  /** Relaxed schema of a successful answer; null where nothing is known. */
  readonly output: JsonObject | null;
  readonly arguments: readonly ArgumentPlan[];
  readonly pagination: PaginationPlan | null;
  /** Only the kind that made it reads this. */
  readonly request: JsonObject;
}

/** A file as an argument, resolved to its bytes. */
export interface FileValue {
  readonly bytes: Buffer;
  readonly filename: string;
  readonly mimeType: string;
}

/**
 * Arguments that passed validation, exact numbers kept; files by the name of their argument, those
 * inside of a value by name and pointer (`photos/0`), where the value holds null.
 */
export interface CheckedArguments {
  readonly values: JsonObject;
  readonly files: ReadonlyMap<string, FileValue>;
}

/** What a call needs beside its arguments. */
export interface ApiCall {
  /** On whose behalf it is made. */
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Longest answer taken, bytes. */
  readonly maxAnswerBytes: number;
  /** Address of the next page as an earlier reply gave it (`link`, `next_url`); '' for none. */
  readonly pageUrl: string;
  /** Tells the caller how far it is, while the API answers: how much is done, and in words. */
  readonly progress?: (done: number, text: string) => void;
}

export type ReplyBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'text'; readonly text: string; readonly mimeType: string }
  | {
      readonly kind: 'binary';
      readonly bytes: Buffer;
      readonly mimeType: string;
      /** '' where none was given. */
      readonly filename: string;
    };

export type FailureClass =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'rate_limited'
  | 'server_error'
  | 'redirect'
  | 'other';

/** What an API answered, or why nothing could be asked of it. */
export type Reply =
  | {
      readonly kind: 'answer';
      /** `200`, `OK`. */
      readonly status: string;
      readonly body: ReplyBody;
      /** Address of the next page where the style is `link`; '' for none. */
      readonly nextUrl: string;
      /** One sentence that has to be said with it, such as that a stream was left early. */
      readonly note?: string;
    }
  | {
      readonly kind: 'failure';
      readonly class: FailureClass;
      readonly status: string;
      readonly body: ReplyBody;
      /** What the API says of single inputs, by the name that it uses for them. */
      readonly complaints: readonly { readonly wire: string; readonly text: string }[];
      /** -1 where it says nothing. */
      readonly retryAfterMs: number;
      /** Credentials that would help, in words; '' for none. */
      readonly authHint: string;
    }
  /** An argument passed its schema and yet cannot be sent (`..` in a path, a line break in a header). */
  | { readonly kind: 'unsendable'; readonly argument: string; readonly text: string }
  /** The API could not be reached or did not answer; `text` holds no secret and no address beyond its host. */
  | {
      readonly kind: 'broken';
      readonly reason:
        | 'upstream_unavailable'
        | 'upstream_credentials_unavailable'
        | 'upstream_timeout'
        | 'upstream_invalid'
        | 'upstream_closed'
        | 'result_too_large'
        | 'cancelled';
      readonly text: string;
    };

/** One API under one configuration. */
export interface Api {
  readonly index: ApiIndex;
  /** Built on first need and remembered. @returns words where the operation turns out not to be usable */
  plan(key: string): OperationPlan | string;
  /** Never rejects. Nothing is sent twice and no redirect is followed to another host. */
  call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply>;
  /** What it tells of by itself; undefined where nothing of it is asked for. */
  readonly feeds?: Feeds | undefined;
  close(): Promise<void>;
}
