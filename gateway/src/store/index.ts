/** What has to outlive the process. */
export { openStore } from './store.ts';
export { StoreError } from './sqlite/open.ts';
