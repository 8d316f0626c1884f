/**
 * What stands between the reply of an API and the result of a tool, the same for all kinds of APIs:
 * arguments of the gateway's own (`_fields`, `_page`, `_max_items`), pages, shaping, kept results
 * and files as arguments.
 */
import type { Clock, Json, JsonArray, JsonObject, Refusal } from '../../../kernel/index.ts';
import type { ApiCall, CheckedArguments, FileValue, OperationPlan, Reply } from '../model.ts';
import type { HandleStore } from '../handles/contract.ts';

/** A tool's result before it becomes text (2026-07-28, server/tools, CallToolResult). */
export interface ToolResult {
  readonly content: JsonArray;
  /** Undefined where the answer is no JSON object. */
  readonly structuredContent: Json | undefined;
  readonly isError: boolean;
  readonly meta: JsonObject;
}

/** For whom a call is made: pages and kept results open for nobody else. */
export interface Asker {
  readonly principal: string;
  readonly endpoint: string;
  /** What it calls `read_result`; '' where it does not see it. */
  readonly readTool: string;
}

/** What the model asked of the gateway rather than of the API. */
export interface Controls {
  /** Paths to keep, `items.name`; [] for everything. */
  readonly fields: readonly string[];
  /** Where to go on, as an earlier result gave it; null for the first page. */
  readonly page: PagePosition | null;
  /** How many items are wanted in all, further pages followed for them; 0 where nothing was said. */
  readonly maxItems: number;
  /** What binds a `_page` to the arguments it was given for; '' where there are no pages. */
  readonly argumentsDigest: string;
}

/** A place in a list of several pages. */
export interface PagePosition {
  /** Address, token, number of the page or of the first item, by the style of the plan. */
  readonly at: string;
  /** Items before this page. */
  readonly before: number;
}

/** An argument that cannot be used; `text` names it and says what is wrong and what is allowed. */
export interface ArgumentFault {
  readonly kind: 'fault';
  readonly argument: string;
  readonly text: string;
}

export interface TakenControls {
  readonly kind: 'taken';
  readonly controls: Controls;
  /** What remains for the API, to be validated against the plan's `input`. */
  readonly rest: JsonObject;
}

export interface TakenFiles {
  readonly kind: 'taken';
  /** The values without the file arguments. */
  readonly values: JsonObject;
  readonly files: ReadonlyMap<string, FileValue>;
}

/** Calls the operation once; what `Api.call` does with the key already given. */
export type Send = (args: CheckedArguments, call: ApiCall) => Promise<Reply>;

export interface ResultRequest {
  readonly plan: OperationPlan;
  readonly controls: Controls;
  readonly args: CheckedArguments;
  readonly asker: Asker;
  /** `pageUrl` is set here, whatever it holds. `timeoutMs` is for all pages together. */
  readonly call: ApiCall;
  readonly send: Send;
}

/** A reply that holds no answer, for the guidance to speak of. */
export type Unanswered = Exclude<Reply, { readonly kind: 'answer' }>;

/** Made once per API upstream. */
export interface Results {
  /**
   * Properties to be added to `properties` of the listed input schema; none of them is required. A
   * name that the operation itself uses is left out and stays the operation's.
   */
  controlsFor(plan: OperationPlan): JsonObject;
  /** Takes out the gateway's own arguments, before the others are validated. */
  takeControls(
    plan: OperationPlan,
    values: JsonObject,
    asker: Asker,
  ): TakenControls | ArgumentFault;
  /** Reads the file arguments of a call, after the values were validated. Never rejects. */
  takeFiles(
    plan: OperationPlan,
    values: JsonObject,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<TakenFiles | ArgumentFault>;
  /**
   * Calls the operation at the page that is asked for, follows further pages where `_max_items` says
   * so, and shapes the answer. Rejects only where `send` does.
   */
  run(request: ResultRequest): Promise<ToolResult | Unanswered>;
  /** Shapes an answer that came some other way. */
  shape(
    reply: Extract<Reply, { readonly kind: 'answer' }>,
    plan: OperationPlan,
    controls: Controls,
    asker: Asker,
  ): Promise<ToolResult>;
  /** Definition of the tool `read_result`, always the same; listed by every API upstream. */
  readonly readTool: JsonObject;
  /** Carries `read_result` out; what is wrong with its arguments is said in a result with `isError`. */
  readResult(values: JsonObject, asker: Asker): Promise<ToolResult>;
  /** Resource template of what is kept (2026-07-28, server/resources), for the listing. */
  readonly resourceTemplate: JsonObject;
  /** Answers `resources/read` for an address `drawbridge-result://<upstream>/<id>`. */
  readResource(uri: string, asker: Asker): Promise<JsonObject | Refusal>;
}

/** Seals what is handed out and comes back; implemented by the gateway's own sealer. */
export interface PageSealer {
  seal(purpose: string, text: string, context: string, expiresAtMs: number): string;
  /** Undefined for whatever does not open; never throws. */
  open(purpose: string, token: string, context: string): string | undefined;
}

/**
 * Fetches a file by an https address, behind the guard of outgoing addresses. Never rejects.
 * @returns words where it cannot be had
 */
export type FetchFile = (
  url: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
) => Promise<FileValue | string>;

export interface ResultLimits {
  /** Longest text given to a model, characters; at least 4,000. */
  readonly maxChars: number;
  /** Longest list given to a model, items; 0 for no cap. */
  readonly maxListItems: number;
  /** Most items that `_max_items` may ask for. */
  readonly maxItems: number;
  /** Most pages followed for one call. */
  readonly maxPages: number;
  /** Most that all pages of one call may hold together, characters of JSON. */
  readonly maxPagesChars: number;
  /** Largest image or sound given to a model, bytes before base64. */
  readonly maxMediaBytes: number;
  /** Largest PDF embedded, bytes before base64. */
  readonly maxDocumentBytes: number;
  /** Largest file taken as an argument, bytes; all files of one call together may be twice that. */
  readonly maxFileBytes: number;
  /** How long a `_page` can be used. */
  readonly pageAgeMs: number;
}

export const DEFAULT_RESULT_LIMITS: ResultLimits = {
  maxChars: 25_000,
  maxListItems: 500,
  maxItems: 1000,
  maxPages: 20,
  maxPagesChars: 4_000_000,
  maxMediaBytes: 512 * 1024,
  maxDocumentBytes: 256 * 1024,
  maxFileBytes: 20 * 1024 * 1024,
  pageAgeMs: 3_600_000,
};

export interface ResultsDeps {
  /** Id of the upstream. */
  readonly upstream: string;
  readonly clock: Clock;
  readonly sealer: PageSealer;
  /** Shared by all upstreams of the gateway. */
  readonly handles: HandleStore;
  readonly limits: ResultLimits;
  /** Leaves nulls, empty strings, lists and objects out of answers. */
  readonly dropEmpty: boolean;
  /** JMESPath expressions by the key of an operation; checked with `checkProjection`. */
  readonly projections: ReadonlyMap<string, string>;
  /** Undefined where files are not fetched from addresses. */
  readonly fetchFile: FetchFile | undefined;
}
