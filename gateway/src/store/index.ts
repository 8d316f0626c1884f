/** What has to outlive the process. */
export { openStore, type Store } from './store.ts';
export { StoreError } from './sqlite/open.ts';
export type { UriOwners } from './uri-owners.ts';
