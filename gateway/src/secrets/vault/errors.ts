/** Why the vault does not do what was asked of it. */

/**
 * `locked`: its key cannot be had, so nothing can be opened or sealed; `corrupt`: what is kept is not
 * what was sealed; `invalid`: what was asked for cannot be kept; `missing`: there is no such secret.
 */
export type VaultFault = 'locked' | 'corrupt' | 'invalid' | 'missing';

/** The message is for the person who runs the gateway: what is wrong and what to do; no secrets. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly fault: VaultFault;

  constructor(fault: VaultFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
