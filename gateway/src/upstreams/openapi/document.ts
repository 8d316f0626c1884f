/**
 * One view of an OpenAPI document, whatever its version: 2.0, 3.0, 3.1 and 3.2 read alike here. The
 * document is not rewritten and references are followed only when something asks for what they name.
 */
import type {
  AuthNeed,
  AuthScheme,
  Operation,
  Repair,
  Skipped,
  SourcePlace,
} from '../api/model.ts';

export type OpenApiVersion = '2.0' | '3.0' | '3.1' | '3.2';

/** A value of a source as its parser gave it: plain objects without prototype surprises. */
export type Node = unknown;

/** A place in one of the sources, and the value that stands there. */
export interface Ref {
  readonly node: Node;
  /** The source it stands in; references in it are relative to this. */
  readonly source: string;
  /** JSON Pointer within the source, `#/…`. */
  readonly pointer: string;
}

/** Follows references. Nothing is ever fetched here: sources were all read at import. */
export interface Resolver {
  readonly version: OpenApiVersion;
  /**
   * Follows `$ref` (and chains of them) from `from`; `$id`, `$anchor` and pointers of any form.
   * @returns where it leads, or words that say why it leads nowhere (missing, circular, not loaded)
   */
  follow(reference: string, from: Ref): Ref | string;
  /** `ref` itself, or what it refers to when its node is `{ $ref }`. */
  settle(ref: Ref): Ref | string;
  /** The child `key` of `ref`; its node is undefined where there is none. */
  child(ref: Ref, ...keys: readonly string[]): Ref;
  place(ref: Ref): SourcePlace;
  /** Collects what had to be read as something else; the same place is kept once. */
  repaired(what: string, ref: Ref): void;
}

export type ParameterStyle =
  | 'simple'
  | 'label'
  | 'matrix'
  | 'form'
  | 'spaceDelimited'
  | 'pipeDelimited'
  | 'tabDelimited'
  | 'deepObject'
  | 'cookie';

export interface ParameterView {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'querystring';
  readonly isRequired: boolean;
  readonly description: string;
  readonly isDeprecated: boolean;
  /** Defaults of the specification applied; 2.0's collectionFormat said in these words. */
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  /** Undefined where the document gives none; then any string may be sent. */
  readonly schema: Ref | undefined;
  /** Media type where the parameter is described by `content`; '' otherwise. */
  readonly mediaType: string;
  readonly example: Node;
  readonly at: Ref;
}

export interface EncodingView {
  readonly contentType: string;
  readonly style: ParameterStyle | undefined;
  readonly explode: boolean | undefined;
  readonly allowReserved: boolean;
  /** Header names to the schema of their values. */
  readonly headers: ReadonlyMap<string, Ref | undefined>;
}

export interface ContentView {
  /** As written, parameters included. */
  readonly mediaType: string;
  readonly schema: Ref | undefined;
  /** 3.2: schema of each item of a stream. */
  readonly itemSchema: Ref | undefined;
  readonly encoding: ReadonlyMap<string, EncodingView>;
  readonly example: Node;
}

export interface BodyView {
  readonly isRequired: boolean;
  readonly description: string;
  /** In the order of the document; 2.0's body and formData parameters said in these words. */
  readonly contents: readonly ContentView[];
  readonly at: Ref;
}

export interface ResponseView {
  /** `200`, `2XX`, `default`. */
  readonly status: string;
  readonly description: string;
  readonly contents: readonly ContentView[];
  readonly headers: ReadonlyMap<string, Ref | undefined>;
}

export interface OperationView {
  readonly operation: Operation;
  readonly description: string;
  readonly parameters: readonly ParameterView[];
  readonly body: BodyView | undefined;
  readonly responses: readonly ResponseView[];
  /** Absolute or relative as written, variables filled; the operation's own first. */
  readonly servers: readonly string[];
  /** `x-` members of the operation. */
  readonly extensions: Readonly<Record<string, Node>>;
}

export interface OpenApiDocument {
  readonly version: OpenApiVersion;
  readonly digest: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly description: string;
  readonly servers: readonly string[];
  readonly schemes: readonly AuthScheme[];
  readonly security: AuthNeed;
  /** Cheap: keys, names, summaries, tags, effects, security. */
  readonly operations: readonly Operation[];
  readonly skipped: readonly Skipped[];
  /** Grows while operations are viewed and compiled. */
  readonly repairs: readonly Repair[];
  readonly resolver: Resolver;
  /** Everything about one operation. @returns words where it cannot be read */
  view(operation: Operation): OperationView | string;
}
