/** What a preview tells about an API before it is added: plain data, also written as JSON. */
import type { ListMode } from '../../../kernel/index.ts';
import type { ApiKindName } from '../kind-names.ts';
import type { ApiIndex, Effects, OperationPlan, Repair, Skipped, SourcePlace } from '../model.ts';

/** What a preview looks at: an API that nobody has to be able to call yet. */
export interface PreviewSubject {
  /** What it is written in, in words: `OpenAPI 3.0`. */
  readonly format: string;
  readonly index: ApiIndex;
  /** As `Api.plan`. */
  plan(key: string): OperationPlan | string;
  /** Those of the index, and those that compiling operations added since. */
  repairs(): readonly Repair[];
  /** The address that an operation names for itself; '' for the API's. */
  serverOf(plan: OperationPlan): string;
}

export type Effect = Effects['effect'];

export interface PreviewTool {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly key: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly effect: Effect;
  readonly isDeprecated: boolean;
  /** What it adds to a list in `full` mode, tokens; null where it was not compiled. */
  readonly tokens: number | null;
}

export interface TierPrices {
  /** What a list of all tools takes, tokens, by mode. */
  readonly full: number;
  readonly compact: number;
  readonly search: number;
  /** How many operations `full` was measured on; fewer than there are where it is an estimate. */
  readonly measured: number;
  readonly isEstimate: boolean;
}

export interface ModeChoice {
  readonly mode: ListMode;
  readonly budgetTokens: number;
  /** One sentence. */
  readonly why: string;
}

export interface SchemeUse {
  readonly scheme: string;
  /** What is to be given, in words. */
  readonly words: string;
  readonly kind: string;
  readonly isConfigured: boolean;
  /** Operations that name it. */
  readonly operations: number;
}

export interface NeedUse {
  /** Schemes of which all are needed, joined by ` and `; choices joined by ` or `. */
  readonly need: string;
  /** The same as lists: any one of them suffices. */
  readonly choices: readonly (readonly string[])[];
  readonly operations: number;
  /** Some of their tools. */
  readonly examples: readonly string[];
}

export interface AuthReport {
  readonly schemes: readonly SchemeUse[];
  /** The most common first. */
  readonly needs: readonly NeedUse[];
  /** Operations that can be called without any credential. */
  readonly open: number;
}

/** An operation that is listed in its source and cannot be called by anybody. */
export interface UnusableTool {
  readonly name: string;
  readonly why: string;
  readonly at: SourcePlace;
}

/** What one client would leave out of a list in `full` mode, for one reason. */
export interface ClientLoss {
  readonly client: string;
  /** One sentence. */
  readonly why: string;
  /** Of the operations that were measured; none where it is about all of them together. */
  readonly tools: readonly string[];
}

export interface ScorePart {
  readonly name: 'callable' | 'described' | 'names' | 'schemas' | 'size';
  readonly points: number;
  readonly of: number;
  /** One sentence. */
  readonly why: string;
}

export interface PreviewReport {
  /** Path or address, without what may be a secret. */
  readonly source: string;
  /** As the configuration calls it: `openapi`. */
  readonly kind: ApiKindName;
  readonly format: string;
  readonly title: string;
  readonly version: string;
  readonly servers: readonly string[];
  readonly operations: {
    readonly total: number;
    readonly byEffect: Readonly<Record<Effect, number>>;
    readonly deprecated: number;
    readonly skipped: number;
  };
  readonly tools: readonly PreviewTool[];
  readonly tokens: TierPrices;
  readonly mode: ModeChoice;
  readonly auth: AuthReport;
  readonly unusable: readonly UnusableTool[];
  readonly skipped: readonly Skipped[];
  readonly repairs: readonly Repair[];
  /** Whatever the mode is. */
  readonly clients: readonly ClientLoss[];
  readonly score: { readonly total: number; readonly parts: readonly ScorePart[] };
}
