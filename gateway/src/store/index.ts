/** What has to outlive the process. */
export type { AdminCodes } from './admin-codes.ts';
export type { ApiKey, ApiKeys, KeptApiKey } from './api-keys.ts';
export type { LoginSession, LoginSessions } from './login-sessions.ts';
export type { PrincipalsSeen, SeenPrincipal } from './principals-seen.ts';
export type { RoleGrants } from './role-grants.ts';
export type { Secrets } from './secrets.ts';
export type { UsageSum } from './usage.ts';
export { STORE_FILE, openStore, type Store } from './store.ts';
export { StoreError } from './sqlite/open.ts';
