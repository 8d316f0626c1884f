/** What policy said about one exact call, and why. */
export interface Decision {
  readonly id: string;
  readonly outcome: 'allow' | 'deny';
  /** The rule that decided, as a person would quote it; `default` where none matched. */
  readonly rule: string;
  /** A person has to say yes before the call is carried out. */
  readonly needsApproval: boolean;
}
