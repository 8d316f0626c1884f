/** An OpenAPI document as an API: its index, plans on first need, and calls. */
import { LRUCache } from 'lru-cache';
import type { LogLevel } from '../../kernel/index.ts';
import type {
  Api,
  ApiCall,
  ApiIndex,
  CheckedArguments,
  Operation,
  OperationPlan,
  Reply,
} from '../api/model.ts';
import type { Caller } from '../api/http/caller.ts';
import { compileOperation } from './compile/index.ts';
import type { OpenApiDocument } from './document.ts';
import { createEncoder, type RequestEncoder } from './encode/encoder.ts';
import type { Imported } from './import/import.ts';
import { broken } from '../api/http/reply/reply.ts';
import { createSchemaConverter, type SchemaConverter } from './schema/index.ts';

/** Plans held in memory: those of large APIs are large, and the bundle has them. */
const MAX_PLANS = 64;
const MAX_ENCODERS = 512;

type Log = (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;

export class OpenApi implements Api {
  readonly index: ApiIndex;
  private readonly imported: Imported;
  private readonly caller: Caller;
  private readonly log: Log;
  private readonly operations: ReadonlyMap<string, Operation>;
  private readonly held = new LRUCache<string, OperationPlan>({ max: MAX_PLANS });
  private readonly encoders = new LRUCache<string, RequestEncoder>({ max: MAX_ENCODERS });
  /** Why operations cannot be used, by key. */
  private readonly unusable = new Map<string, string>();
  private compiler:
    | { readonly document: OpenApiDocument; readonly converter: SchemaConverter }
    | undefined;

  constructor(imported: Imported, caller: Caller, log: Log) {
    this.index = imported.bundle.index;
    this.imported = imported;
    this.caller = caller;
    this.log = log;
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
    const operation = this.operations.get(key);
    const encode = this.encoderOf(key);
    if (operation === undefined || typeof encode === 'string') {
      return broken('upstream_unavailable', typeof encode === 'string' ? encode : 'It is gone.');
    }
    const request = encode(args);
    if (request.kind === 'unsendable') return request;
    return await this.caller.send(request, operation.auth, call);
  }

  async close(): Promise<void> {
    await Promise.all([this.caller.close(), this.imported.bundle.plans.close()]);
  }

  private encoderOf(key: string): RequestEncoder | string {
    const known = this.encoders.get(key);
    if (known !== undefined) return known;
    const plan = this.plan(key);
    if (typeof plan === 'string') return plan;
    const encoder = createEncoder(plan);
    this.encoders.set(key, encoder);
    return encoder;
  }

  private compile(key: string): OperationPlan | string {
    const operation = this.operations.get(key);
    if (operation === undefined) return 'The API has no such operation any more.';
    const compiler = this.openCompiler();
    if (typeof compiler === 'string') return compiler;
    const plan = this.compileSafely(compiler, operation);
    if (typeof plan !== 'string') this.imported.bundle.plans.put(plan);
    return plan;
  }

  /** A fault in one operation takes no other with it. */
  private compileSafely(
    { document, converter }: NonNullable<typeof this.compiler>,
    operation: Operation,
  ): OperationPlan | string {
    try {
      return compileOperation(document, operation, converter);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log('error', 'an operation could not be compiled', { key: operation.key, error: text });
      return 'The gateway could not read this operation; its log says why.';
    }
  }

  private openCompiler(): NonNullable<typeof this.compiler> | string {
    if (this.compiler !== undefined) return this.compiler;
    const document = this.imported.document();
    if (typeof document === 'string') return document;
    this.compiler = { document, converter: createSchemaConverter(document.resolver) };
    return this.compiler;
  }
}
