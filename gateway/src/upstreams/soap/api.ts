/** A WSDL as an API: its index, plans on first need, and calls. */
import { LRUCache } from 'lru-cache';
import type { Clock, LogLevel } from '../../kernel/index.ts';
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
import { broken } from '../api/http/reply/reply.ts';
import { compileOperation } from './compile/operation.ts';
import { isSoapRequest, type SoapRequest } from './compile/request.ts';
import { AnswerReader } from './decode/answer.ts';
import { addressingHeaders } from './encode/addressing.ts';
import { attachedOf } from './encode/attachments.ts';
import { EnvelopeWriter } from './encode/envelope.ts';
import { securityOf, type Login, type Security } from './encode/security.ts';
import { httpRequest } from './encode/http.ts';
import type { Imported } from './import/import.ts';
import { ShapeTable } from './shape/fields.ts';

const MAX_PLANS = 64;
const MAX_CALLS = 256;
const HIDDEN = '[secret]';
const NOTHING: Security = { header: '', digest: '' };

type Log = (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;

/** An operation that is ready to be called. */
interface Prepared {
  readonly request: SoapRequest;
  readonly writer: EnvelopeWriter;
  readonly reader: AnswerReader;
}

export interface SoapApiDeps {
  readonly imported: Imported;
  readonly caller: Caller;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined where messages do not say who calls. */
  readonly login: Login | undefined;
  /** Whether the operator set the address, which is then that of all ports. */
  readonly hasUrl: boolean;
}

export class SoapApi implements Api {
  readonly index: ApiIndex;
  private readonly deps: SoapApiDeps;
  private readonly operations: ReadonlyMap<string, Operation>;
  private readonly held = new LRUCache<string, OperationPlan>({ max: MAX_PLANS });
  private readonly prepared = new LRUCache<string, Prepared>({ max: MAX_CALLS });
  /** Why operations cannot be used, by key. */
  private readonly unusable = new Map<string, string>();

  constructor(deps: SoapApiDeps) {
    this.deps = deps;
    this.index = deps.imported.bundle.index;
    this.operations = new Map(this.index.operations.map((each) => [each.key, each]));
  }

  plan(key: string): OperationPlan | string {
    const known = this.held.get(key) ?? this.unusable.get(key);
    if (known !== undefined) return known;
    const plan = this.deps.imported.bundle.plans.get(key) ?? this.compile(key);
    if (typeof plan === 'string') this.unusable.set(key, plan);
    else this.held.set(key, plan);
    return plan;
  }

  async call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply> {
    const prepared = this.prepare(key);
    if (typeof prepared === 'string') return broken('upstream_unavailable', prepared);
    const { request, writer, reader } = prepared;
    const { login, clock, caller, hasUrl } = this.deps;
    const security = login === undefined ? NOTHING : securityOf(login, request.soap, clock.nowMs());
    const to = hasUrl && caller.base instanceof URL ? caller.base.href : request.address;
    const addressing = addressingHeaders(request, to);
    const envelope = writer.write(args.values, security.header + addressing);
    if (envelope.kind === 'unsendable') return envelope;
    const attached = attachedOf(request, args.values);
    if ('kind' in attached) return attached;
    const sent = httpRequest(request, envelope.xml, hasUrl, attached);
    const reply = await caller.send(sent, [], call);
    const { digest } = security;
    if (digest === '') return await reader.read(reply, caller.clean);
    return await reader.read(withoutDigest(reply, digest), (text) =>
      caller.clean(text).replaceAll(digest, HIDDEN),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.deps.caller.close(), this.deps.imported.bundle.plans.close()]);
  }

  private prepare(key: string): Prepared | string {
    const known = this.prepared.get(key);
    if (known !== undefined) return known;
    const plan = this.plan(key);
    if (typeof plan === 'string') return plan;
    const { request } = plan;
    if (!isSoapRequest(request)) return 'The plan was made by another version.';
    const table = new ShapeTable(request.types);
    const wires = new Set(plan.arguments.map(({ wire }) => wire));
    const writer = new EnvelopeWriter(request, table);
    const made = { request, writer, reader: new AnswerReader(request, table, wires) };
    this.prepared.set(key, made);
    return made;
  }

  private compile(key: string): OperationPlan | string {
    const operation = this.operations.get(key);
    if (operation === undefined) return 'The API has no such operation any more.';
    const document = this.deps.imported.document();
    if (typeof document === 'string') return document;
    try {
      const plan = compileOperation(document, operation);
      if (typeof plan !== 'string') this.deps.imported.bundle.plans.put(plan);
      return plan;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.deps.log('error', 'an operation could not be compiled', { key, error: text });
      return 'The gateway could not read this operation; its log says why.';
    }
  }
}

/** What the password was sent as can be sent again by others, for a while. */
function withoutDigest(reply: Reply, digest: string): Reply {
  if (reply.kind !== 'answer' && reply.kind !== 'failure') return reply;
  const { body } = reply;
  if (body.kind !== 'text' || !body.text.includes(digest)) return reply;
  return { ...reply, body: { ...body, text: body.text.replaceAll(digest, HIDDEN) } };
}
