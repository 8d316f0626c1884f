/** A gRPC server as an API: its index, plans on first need, and calls. */
import type { DescMessage } from '@bufbuild/protobuf';
import { LRUCache } from 'lru-cache';
import type { LogLevel } from '../../kernel/index.ts';
import type {
  Api,
  ApiCall,
  ApiIndex,
  CheckedArguments,
  OperationPlan,
  Reply,
} from '../api/model.ts';
import { broken, callServer, type CallerDeps, type CallWork } from './call/caller.ts';
import { createCodec, type Codec } from './call/codec.ts';
import { namedAs } from './call/field-names.ts';
import type { Imported } from './import/import.ts';
import { placeOf } from './index/find-methods.ts';

const MAX_PLANS = 64;
const MAX_CODECS = 512;

type Log = (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;

interface Ready {
  readonly codec: Codec;
  readonly path: string;
  readonly input: DescMessage;
  readonly isList: boolean;
}

export class GrpcApi implements Api {
  readonly index: ApiIndex;
  private readonly imported: Imported;
  /** Words where nobody said where the server is. */
  private readonly caller: CallerDeps | string;
  private readonly log: Log;
  private readonly done: () => Promise<void>;
  private readonly held = new LRUCache<string, OperationPlan>({ max: MAX_PLANS });
  private readonly ready = new LRUCache<string, Ready>({ max: MAX_CODECS });

  constructor(
    imported: Imported,
    caller: CallerDeps | string,
    log: Log,
    done: () => Promise<void>,
  ) {
    this.index = imported.bundle.index;
    this.imported = imported;
    this.caller = caller;
    this.log = log;
    this.done = done;
  }

  plan(key: string): OperationPlan | string {
    const known = this.held.get(key) ?? this.imported.bundle.plans.get(key);
    const plan = known ?? this.compile(key);
    if (typeof plan !== 'string') this.held.set(key, plan);
    return plan;
  }

  async call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply> {
    const { caller } = this;
    if (typeof caller === 'string') return broken('upstream_unavailable', caller);
    const work = this.workOf(key, args);
    if ('kind' in work) return work;
    return await callServer(work, call, caller);
  }

  /** What a call would send, in messages. @returns why nothing can be sent */
  workOf(key: string, args: CheckedArguments): CallWork | Reply {
    const ready = this.readyOf(key);
    if (typeof ready === 'string') return broken('upstream_unavailable', ready);
    const messages = ready.codec.encode(args.values);
    if ('kind' in messages) return messages;
    return {
      path: ready.path,
      messages,
      isList: ready.isList,
      decode: (bytes) => ready.codec.decode(bytes),
      weigh: (bytes, limit) => ready.codec.weigh(bytes, limit),
      named: (field) => namedAs(ready.input, field),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.done(), this.imported.bundle.plans.close()]);
  }

  private readyOf(key: string): Ready | string {
    const known = this.ready.get(key);
    if (known !== undefined) return known;
    const described = this.imported.described();
    if (typeof described === 'string') return described;
    const method = described.method(key);
    if (method === undefined) return 'The server has no such method any more.';
    const { methodKind } = method;
    const made: Ready = {
      codec: createCodec(method, described.registry),
      path: `/${placeOf(method)}`,
      input: method.input,
      isList: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
    };
    this.ready.set(key, made);
    return made;
  }

  /** A fault in one method takes no other with it. */
  private compile(key: string): OperationPlan | string {
    const described = this.imported.described();
    if (typeof described === 'string') return described;
    try {
      const plan = described.plan(key);
      if (typeof plan !== 'string') this.imported.bundle.plans.put(plan);
      return plan;
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log('error', 'a method could not be compiled', { key, error: text });
      return 'The gateway could not read this method; its log says why.';
    }
  }
}
