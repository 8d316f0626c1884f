/**
 * What a kind of API is to this room. Each kind is a folder beside this one, whose `kind.ts` makes
 * one of these; `kinds.ts` is their table. All that lists, searches, describes, decides, previews and
 * calls sees only the operations that a kind compiles to.
 */
import type { FindAddresses, WayOut } from '../../egress/index.ts';
import type { Clock, ListMode, Refusal } from '../../kernel/index.ts';
import type { ConnectorDeps } from '../connector.ts';
import type { UpstreamConfig } from '../schema.ts';
import type { Bundles } from './bundles/store.ts';
import type { Api } from './model.ts';
import type { PreviewSubject } from './preview/report.ts';
import type { Profile } from './schema/index.ts';

/** How the tools of an API are listed and its answers cut, whatever its kind. */
export interface ApiSettings {
  readonly mode: ListMode | 'auto';
  /** Tokens that its tools may take in a list where the mode is `auto`. */
  readonly maxListTokens: number;
  /** The dialect of JSON Schema that arguments are listed in. */
  readonly profile: Profile;
  /** Whether tools say what they answer with. */
  readonly listsOutput: boolean;
  /** JMESPath by operation key: what to keep of answers. */
  readonly projections: ReadonlyMap<string, string>;
}

/** One entry of the configuration; it has the section of the kind that is asked. */
export interface ApiEntry {
  readonly id: string;
  readonly config: UpstreamConfig;
}

/** What opening an API needs beside its entry. */
export interface ApiDeps extends ConnectorDeps {
  /** The gateway's own folder; imports are kept below it. */
  readonly stateDir: string;
  /** Our own version, as upstreams are told. */
  readonly version: string;
  readonly find?: FindAddresses;
  /**
   * Puts another in the place of the API that was opened, when what describes it has changed. The one
   * before is not closed: what both share is closed with the last.
   */
  readonly renew?: (api: Api) => void;
}

export interface ReadDeps {
  readonly clock: Clock;
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** For each document, milliseconds. */
  readonly timeoutMs: number;
  readonly wayOut?: WayOut | undefined;
}

/** A description that was read, or why not. */
export type Opened =
  | { readonly kind: 'subject'; readonly subject: PreviewSubject }
  | {
      readonly kind: 'fault';
      /** `unreadable`: it could not be had. `other`: it is something else. `broken`: its text. */
      readonly why: 'unreadable' | 'other' | 'broken';
      /** What is wrong and what to do. */
      readonly text: string;
      /** Counted from 1; 0 where it is not known. */
      readonly line: number;
    };

export interface ApiKind {
  /** Of an entry what all kinds have in common. */
  settings(config: UpstreamConfig): ApiSettings;
  /** Imports what describes it, or finds that kept, and makes it ready to be called. */
  open(entry: ApiEntry, deps: ApiDeps, signal: AbortSignal): Promise<Api | Refusal>;
  /**
   * Reads what an entry names, as an import does; nothing is kept and nothing is called.
   * @param knownNames names of tools by key
   */
  read(
    config: UpstreamConfig,
    knownNames: ReadonlyMap<string, string>,
    deps: ReadDeps,
  ): Promise<Opened>;
  /** The entry with another description in the place of its own. @param source path or address */
  withSource(config: UpstreamConfig, source: string): UpstreamConfig;
  /** The last import of an upstream as it was read then; undefined where it is not there any more. */
  kept(bundles: Bundles, entry: ApiEntry): PreviewSubject | undefined;
}
