/** A call that an API did not answer, with all that is known of it. */
import type { ApiIndex, Operation, OperationPlan, Reply } from '../model.ts';

export type Failure = Extract<Reply, { readonly kind: 'failure' }>;
export type Unsendable = Extract<Reply, { readonly kind: 'unsendable' }>;

/** The call that failed. */
export interface Failed {
  /** Id of the upstream. */
  readonly upstream: string;
  readonly index: ApiIndex;
  readonly operation: Operation;
  readonly plan: OperationPlan;
  /** What the caller calls a tool; undefined where the caller does not see it. */
  toolName(operation: Operation): string | undefined;
}
