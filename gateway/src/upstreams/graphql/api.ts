/** A GraphQL API: its index, plans on first need, and calls. */
import { LRUCache } from 'lru-cache';
import { isJsonObject, type LogLevel, ownMember } from '../../kernel/index.ts';
import type {
  Api,
  ApiCall,
  ApiIndex,
  CheckedArguments,
  Operation,
  OperationPlan,
  Reply,
} from '../api/model.ts';
import { broken } from '../api/http/reply/reply.ts';
import { unsendable } from '../api/http/request.ts';
import type { Feeds } from '../feeds/contract.ts';
import type { Endpoint } from './call/endpoint.ts';
import { readReply } from './call/reply.ts';
import { createRequestEncoder, requestOf, type RequestEncoder } from './call/request.ts';
import {
  isDynamicPlan,
  isRequestPlan,
  SELECTION,
  type RequestPlan,
} from './compile/request-plan.ts';
import { checkQuery, type QueryLimits } from './dynamic/check-query.ts';
import { selectionDocument } from './dynamic/own-selection.ts';
import { createTypeSearch, type TypeSearch } from './dynamic/search.ts';
import type { Imported } from './import/import.ts';
import type { GraphQlDocument } from './index/document.ts';

/** Plans held in memory: those of large APIs are large, and the bundle has them. */
const MAX_PLANS = 64;
const MAX_ENCODERS = 512;
const DEFAULT_FOUND = 5;

type Log = (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;

type Prepared =
  | { readonly kind: 'request'; readonly plan: RequestPlan; readonly encode: RequestEncoder }
  | { readonly kind: 'dynamic'; readonly does: 'search' | 'query' | 'mutation' };

export class GraphQlApi implements Api {
  readonly index: ApiIndex;
  readonly feeds: Feeds | undefined;
  private readonly imported: Imported;
  private readonly endpoint: Endpoint | undefined;
  private readonly limits: QueryLimits;
  private readonly log: Log;
  private readonly operations: ReadonlyMap<string, Operation>;
  private readonly held = new LRUCache<string, OperationPlan>({ max: MAX_PLANS });
  private readonly prepared = new LRUCache<string, Prepared>({ max: MAX_ENCODERS });
  /** Why operations cannot be used, by key. */
  private readonly unusable = new Map<string, string>();
  private search: TypeSearch | undefined;

  /** @param endpoint undefined where no address is configured: nothing can be called then */
  constructor(
    imported: Imported,
    endpoint: Endpoint | undefined,
    limits: QueryLimits,
    log: Log,
    feeds: Feeds | undefined,
  ) {
    this.index = imported.bundle.index;
    this.imported = imported;
    this.endpoint = endpoint;
    this.limits = limits;
    this.log = log;
    this.feeds = feeds;
    this.operations = new Map(this.index.operations.map((each) => [each.key, each]));
  }

  plan(key: string): OperationPlan | string {
    const known = this.held.get(key) ?? this.unusable.get(key);
    if (known !== undefined) return known;
    const kept = this.imported.bundle.plans.get(key);
    const plan = kept ?? this.compile(key);
    if (typeof plan === 'string') this.unusable.set(key, plan);
    else this.held.set(key, plan);
    return plan;
  }

  async call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply> {
    const prepared = this.prepare(key);
    if (typeof prepared === 'string') return broken('upstream_unavailable', prepared);
    if (prepared.kind === 'dynamic') return await this.callDynamic(prepared.does, args, call);
    const { plan, encode } = prepared;
    if (this.endpoint === undefined) return NO_ADDRESS;
    const { caller, path } = this.endpoint;
    const selection = plan.head === '' ? undefined : ownMember(args.values, SELECTION);
    const encoder = selection === undefined ? encode : this.withSelection(plan, selection);
    if (typeof encoder !== 'function') return encoder;
    return readReply(await caller.send(encoder(args, path), [], call), plan.root);
  }

  async close(): Promise<void> {
    this.feeds?.close();
    await Promise.all([this.endpoint?.caller.close(), this.imported.bundle.plans.close()]);
  }

  private prepare(key: string): Prepared | string {
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const plan = this.plan(key);
    if (typeof plan === 'string') return plan;
    const { request } = plan;
    let made: Prepared;
    if (isRequestPlan(request)) {
      made = { kind: 'request', plan: request, encode: createRequestEncoder(request) };
    } else if (isDynamicPlan(request)) made = { kind: 'dynamic', does: request.does };
    else return 'The plan was made by another version.';
    this.prepared.set(key, made);
    return made;
  }

  private withSelection(plan: RequestPlan, selection: unknown): RequestEncoder | Reply {
    const document = this.imported.document();
    if (typeof document === 'string') return broken('upstream_unavailable', document);
    const text = selectionDocument(document.schema, plan, selection, this.limits);
    if ('fault' in text) return unsendable(SELECTION, text.fault);
    return createRequestEncoder({ ...plan, document: text.document });
  }

  private async callDynamic(
    does: 'search' | 'query' | 'mutation',
    { values }: CheckedArguments,
    call: ApiCall,
  ): Promise<Reply> {
    const document = this.imported.document();
    if (typeof document === 'string') return broken('upstream_unavailable', document);
    if (does === 'search') return this.findTypes(document, values);
    if (this.endpoint === undefined) return NO_ADDRESS;
    const text = ownMember(values, 'query');
    const given = ownMember(values, 'variables') ?? {};
    const variables = isJsonObject(given) ? given : {};
    const query = typeof text === 'string' ? text : '';
    const { schema, filter } = document;
    const checked = checkQuery(schema, query, variables, does, this.limits, filter);
    if (typeof checked === 'string') return unsendable('query', `it ${checked}`);
    const { caller, path } = this.endpoint;
    const request = requestOf(query, checked.operationName, variables, new Map(), path);
    return readReply(await caller.send(request, [], call), '');
  }

  private findTypes(document: GraphQlDocument, values: CheckedArguments['values']): Reply {
    this.search ??= createTypeSearch(document.schema, document.filter);
    const words = ownMember(values, 'words');
    const limit = Number(ownMember(values, 'limit') ?? DEFAULT_FOUND);
    const value = this.search.find(typeof words === 'string' ? words : '', limit);
    return { kind: 'answer', status: '200', body: { kind: 'json', value }, nextUrl: '' };
  }

  private compile(key: string): OperationPlan | string {
    const document = this.operations.has(key)
      ? this.imported.document()
      : 'The API has no such operation any more.';
    if (typeof document === 'string') return document;
    const plan = this.compileSafely(document, key);
    if (typeof plan !== 'string') this.imported.bundle.plans.put(plan);
    return plan;
  }

  /** A fault in one operation takes no other with it. */
  private compileSafely(document: GraphQlDocument, key: string): OperationPlan | string {
    try {
      return document.plan(key);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log('error', 'an operation could not be compiled', { key, error: text });
      return 'The gateway could not read this operation; its log says why.';
    }
  }
}

const NO_ADDRESS = broken(
  'upstream_unavailable',
  'The schema does not say where the API is: set graphql.url to its address.',
);
