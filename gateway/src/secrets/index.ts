/** Sealing what is handed out, and the keys that do it. */
export { KeyringError, openKeyring, type Keyring } from './keyring.ts';
export { createSealer, type Sealer } from './sealer.ts';
