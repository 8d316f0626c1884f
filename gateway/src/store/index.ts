/** What has to outlive the process. */
export type { ApiKey, ApiKeys, ApiKeyState, KeptApiKey } from './api-keys.ts';
export { STORE_FILE, openStore } from './store.ts';
export { StoreError } from './sqlite/open.ts';
