/** Sealing what is handed out, and the keys that do it. */
export { KeyringError, openKeyring } from './keyring.ts';
export { createSealer, type Sealer } from './sealer.ts';
