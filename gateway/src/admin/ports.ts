/** What the admin API needs of the rest of the house. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuditCounts, ChangeEntry } from '../audit/index.ts';
import type { UpstreamPart } from '../catalog/index.ts';
import type { Revocation } from '../identity/index.ts';
import type { Clock, Head, ItemId, JudgedItem, Principal, Refusal } from '../kernel/index.ts';
import type {
  AdminJudge,
  AdminRoles,
  Explanation,
  LintFinding,
  PolicyConfig,
} from '../policy/index.ts';
import type { Sealer } from '../secrets/index.ts';
import type { Store } from '../store/index.ts';
import type { UpstreamStatus } from '../upstreams/index.ts';
import type { SeenPrincipals } from './seen-principals.ts';

/** A section of the configuration that stands in its file. */
export interface Place {
  /** '' where there is none, as in tests. */
  readonly file: string;
  /** `upstreams.crm.enabled` */
  readonly key: string;
  readonly line?: number | undefined;
}

/** What of an upstream the configuration says, without anything secret. */
export interface UpstreamFacts {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly title: string;
  readonly labels: readonly string[];
}

export interface EndpointFacts {
  readonly name: string;
  readonly path: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly mode: string;
  readonly names: string;
}

/** A question to the rules. */
export interface ExplainAsked {
  readonly principal: Principal;
  readonly endpoint: string;
  readonly item: ItemId;
  /** JSON text; undefined where only the list is asked about. */
  readonly args: string | undefined;
  readonly address: string;
}

/** What was found out about a decision, as JSON. */
export type ExplainedJson = Readonly<Record<string, unknown>>;

/** One configuration, as the admin API sees it. */
export interface AdminView {
  readonly isLocal: boolean;
  readonly takesKeys: boolean;
  readonly judge: AdminJudge;
  readonly roles: AdminRoles;
  readonly policy: PolicyConfig;
  readonly upstreams: readonly UpstreamFacts[];
  readonly endpoints: readonly EndpointFacts[];
  lint(): readonly LintFinding[];
  explain(
    asked: ExplainAsked,
  ): Explanation & { readonly reach: string; readonly words: readonly string[] };
  explainDecision(id: string): Promise<ExplainedJson | undefined>;
  /** Whether an endpoint shows an item, whoever asks. */
  shows(endpoint: string, item: ItemId): boolean;
  labelsOf(item: JudgedItem): readonly string[];
  /** Who may see an item there. */
  maySee(principal: Principal, endpoint: string, item: JudgedItem): boolean;
}

/** Who calls: somebody, nobody, or a page that makes somebody's browser call. */
export type Caller = Principal | Refusal | 'forged';

export interface AdminPorts {
  readonly clock: Clock;
  readonly version: string;
  readonly startedMs: number;
  readonly store: Store;
  readonly sealer: Sealer;
  readonly seen: SeenPrincipals;
  /** Of the configuration in force. */
  view(): AdminView;
  /** @param isFirst the request is to make the first administrator */
  identify(request: IncomingMessage, head: Head, isFirst: boolean): Promise<Caller>;
  /** In whose place a question is asked: a user, the id of a key, JSON of a caller. */
  callerNamed(text: string): Promise<Principal | string>;
  status(): readonly UpstreamStatus[];
  parts(): readonly UpstreamPart[];
  isReady(): boolean;
  refresh(upstream: string): void;
  /** @returns false where it could not be kept */
  record(entry: ChangeEntry): boolean;
  auditCounts(): AuditCounts;
  /** Writes what is recorded to disk. */
  flushAudit(): Promise<void>;
  /** Path of the record; undefined where it goes to standard output. */
  auditFile(): string | undefined;
  /** Cuts a person or a sign-in off; rejects where it cannot be written down. */
  revoke(revocation: Revocation): Promise<void>;
  /** Keys or revocations were changed by this process, which it would not notice by itself. */
  storeChanged(): Promise<void>;
  place(path: readonly (string | number)[]): Promise<Place>;
  onBug(error: unknown): void;
}

/** The API as whoever listens needs it. */
export interface AdminPages {
  owns(path: string): boolean;
  /** Takes a request to its end; Host and Origin were checked. Never throws. */
  answer(request: IncomingMessage, response: ServerResponse, head: Head): void;
}
