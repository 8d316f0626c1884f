/** What has to outlive the process. */
export type { ApiKey, ApiKeys, KeptApiKey } from './api-keys.ts';
export { STORE_FILE, openStore } from './store.ts';
export { StoreError } from './sqlite/open.ts';
