/** What every kind of upstream is to this room. */
import type { WayOut } from '../egress/index.ts';
import type {
  Awaitable,
  Clock,
  Delivery,
  JsonView,
  Listing,
  LogLevel,
  Principal,
  Refusal,
} from '../kernel/index.ts';
import type { CredentialPort } from './credential-port.ts';
import type { UpstreamCall } from './mcp/outgoing.ts';
import type { Watch } from './watched-resources.ts';
import type { Hook } from './webhook/hook.ts';

/** What a kind can do; what it cannot is never asked of it. */
export interface ConnectorFlags {
  /** Takes methods that no row of the method table knows. */
  readonly takesVendorMethods: boolean;
  /** Tells of updates of single resources. */
  readonly watchesResources: boolean;
}

/** One upstream under one configuration. A change of its configuration makes a new one. */
export interface Connector {
  readonly id: string;
  readonly kind: string;
  readonly flags: ConnectorFlags;
  /**
   * Carries a call out. Never throws for what a peer does; every way ends in exactly one
   * `delivery.finish`. The call is never sent twice unless it certainly was not taken.
   */
  carry(x: UpstreamCall, delivery: Delivery): Awaitable<void>;
  /** Reads all lists; an aborted `signal` ends it with a refusal. Never rejects. */
  fetchItems(signal: AbortSignal): Promise<Listing | Refusal>;
  /**
   * Asks for the updates of a resource on behalf of a principal; resolves when that is in force or has
   * failed, or with why it is never told of. Each principal is counted once.
   */
  subscribeResource(uri: string, principal: Principal): Promise<Refusal | undefined>;
  unsubscribeResource(uri: string, principal: Principal): Promise<void>;
  /** Tells of changes of tasks, on behalf of a principal, until what it returns is called. */
  watchTasks?(
    principal: Principal,
    taskIds: readonly string[],
    onTask: (view: JsonView, params: number) => void,
  ): () => void;
  /** The resources whose updates were asked for, and by whom. */
  subscribedResources(): readonly Watch[];
  /** Where events come in that are sent to the gateway; undefined where none are. */
  readonly hook?: Hook;
  status(): UpstreamStatus;
  /** Takes nothing new, lets what is under way end, then closes. */
  retire(): Promise<void>;
  /** Ends everything at once; what is under way is refused with `draining`. */
  close(): Promise<void>;
}

/** Something that an upstream said or that became of it. */
export type UpstreamEvent =
  | {
      readonly upstream: string;
      readonly kind: 'tools_changed' | 'prompts_changed' | 'resources_changed';
    }
  | {
      readonly upstream: string;
      readonly kind: 'resource_updated';
      readonly uri: string;
      /** Whose alone the resource is; undefined where all who see it see the same. */
      readonly principal?: Principal | undefined;
    }
  | {
      readonly upstream: string;
      readonly kind: 'state';
      readonly state: 'up' | 'down';
      /** What happened, in words; '' for `up`. */
      readonly why: string;
    };

export interface UpstreamStatus {
  readonly id: string;
  readonly kind: string;
  /** Undefined until it is known. */
  readonly era: 'modern' | 'legacy' | undefined;
  readonly revision: string;
  /** When the era was found out, ISO 8601; '' where it is configured or not known. */
  readonly eraSince: string;
  readonly state: 'starting' | 'up' | 'down';
  /** The last failure in words, without secrets; '' where there was none. */
  readonly lastError: string;
  /** Sessions or child processes that are open. */
  readonly links: number;
  readonly callsUnderWay: number;
  /** Questions of an MCP server that belonged to no call, and so were answered by the gateway. */
  readonly unattributed?: number;
}

/** What every connector needs of the room. */
export interface ConnectorDeps {
  readonly clock: Clock;
  /** Our own Implementation as JSON text. */
  readonly clientInfo: string;
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly timeoutMs: number;
  /** Longest message taken from it, bytes. */
  readonly maxAnswerBytes: number;
  readonly onEvent: (event: UpstreamEvent) => void;
  readonly credentials: CredentialPort;
  /** For all connections to it and to what belongs to it. */
  readonly wayOut?: WayOut | undefined;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
}
