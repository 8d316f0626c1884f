/** The embedded store: one SQLite file in the state directory. */
import type { Kysely } from 'kysely';
import { AdminCodeTable, type AdminCodes } from './admin-codes.ts';
import { ApiKeyTable, type ApiKeys } from './api-keys.ts';
import { LoginSessionTable, type LoginSessions } from './login-sessions.ts';
import { migrate } from './migrations.ts';
import { PrincipalSeenTable, type PrincipalsSeen } from './principals-seen.ts';
import { RevokedSubjectTable, type RevokedSubjects } from './revoked-subjects.ts';
import { RoleGrantTable, type RoleGrants } from './role-grants.ts';
import { openSqlite, storeError } from './sqlite/open.ts';
import { SecretTable, type Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';
import { UsageTable, type UsageHours } from './usage.ts';
import { UriOwnerTable, type UriOwners } from './uri-owners.ts';

/** The store's file in the state directory. */
export const STORE_FILE = 'drawbridge.sqlite';

/** Repositories over one database. */
export interface Store {
  readonly uriOwners: UriOwners;
  readonly apiKeys: ApiKeys;
  readonly usage: UsageHours;
  readonly secrets: Secrets;
  readonly revokedSubjects: RevokedSubjects;
  readonly loginSessions: LoginSessions;
  readonly roleGrants: RoleGrants;
  readonly adminCodes: AdminCodes;
  readonly principalsSeen: PrincipalsSeen;
  /** Ends all use of the database; further calls fail. */
  close(): Promise<void>;
}

/**
 * Opens (and where need be makes or brings up to date) the database.
 * @param path a file in a directory that exists, or `:memory:`
 * @throws {StoreError} where the file is locked, damaged, not a database or of a later release
 */
export async function openStore(path: string): Promise<Store> {
  const db: Kysely<Tables> = openSqlite(path);
  try {
    await migrate(db, path);
  } catch (error) {
    await db.destroy();
    throw storeError(path, error);
  }
  return {
    uriOwners: new UriOwnerTable(db),
    apiKeys: new ApiKeyTable(db),
    usage: new UsageTable(db),
    secrets: new SecretTable(db),
    revokedSubjects: new RevokedSubjectTable(db),
    loginSessions: new LoginSessionTable(db),
    roleGrants: new RoleGrantTable(db),
    adminCodes: new AdminCodeTable(db),
    principalsSeen: new PrincipalSeenTable(db),
    close: () => db.destroy(),
  };
}
