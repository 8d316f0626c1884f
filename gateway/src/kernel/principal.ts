/** Who calls. A principal is only ever made from a verified credential. */
export interface Principal {
  /** Stable within one gateway: the key of limits, sessions and sealed tokens. */
  readonly id: string;
  readonly kind: 'local' | 'user' | 'agent';
  /** How the credential was verified, as it stands in the audit record. */
  readonly verifiedBy: string;
}
