/** Sealing: what is handed out and comes back, and the operator's own secrets. */
export { clientAssertion, clientKeySchema, type ClientKeySettings } from './client-key.ts';
export { clientBasic } from './client-secret.ts';
export { KeyringError, openKeyring } from './keyring.ts';
export { createSealer, type Sealer } from './sealer.ts';
export { VaultError } from './vault/errors.ts';
export { openVault } from './vault/open-vault.ts';
export { secretsSchema } from './vault/schema.ts';
export { isSecretName } from './vault/vault.ts';
export type { SecretInfo, SecretText, Vault } from './vault/vault.ts';
