import type { ItemId } from './ids.ts';

/** What policy said about one exact call, and why. */
export interface Decision {
  readonly id: string;
  readonly outcome: 'allow' | 'deny';
  /** The rule that decided, as a person would quote it; `default` where none matched. */
  readonly rule: string;
  /** A person has to say yes before the call is carried out. */
  readonly needsApproval: boolean;
  /** Words of that rule for whom it refuses; undefined where it has none. */
  readonly because?: string | undefined;
  /** Every rule that is about this caller and this item, in the order of the configuration. */
  readonly considered?: readonly string[];
  /** Rules whose condition could not be evaluated for this call. */
  readonly failed?: readonly string[];
  /** The item that was asked for, where it is there but does not exist for this caller. */
  readonly hidden?: ItemId | undefined;
}
