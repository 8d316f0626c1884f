/** Roles that were granted while the gateway ran, beside those of the configuration. */
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** A role of a subject (`user:<user>` or `principal:<id>`); time in milliseconds since 1970. */
export interface RoleGrant {
  readonly subject: string;
  readonly role: string;
  /** Id of the principal that granted it; `code` where a one-time code did. */
  readonly grantedBy: string;
  readonly grantedMs: number;
}

export interface RoleGrants {
  /** All grants, by subject. */
  all(): Promise<readonly RoleGrant[]>;
  /** @returns false where the subject has the role already, or there are as many as there may be */
  add(grant: RoleGrant): Promise<boolean>;
  /** @returns whether there was such a grant */
  remove(subject: string, role: string): Promise<boolean>;
}

/** Grants are all read for a decision, so there are not many. */
const MAX_GRANTS = 10_000;

export class RoleGrantTable implements RoleGrants {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async all(): Promise<readonly RoleGrant[]> {
    const rows = await this.db
      .selectFrom('role_grant')
      .selectAll()
      .orderBy('subject')
      .orderBy('role')
      .limit(MAX_GRANTS)
      .execute();
    return rows.map((row) => ({
      subject: row.subject,
      role: row.role,
      grantedBy: row.granted_by,
      grantedMs: row.granted_ms,
    }));
  }

  async add({ subject, role, grantedBy, grantedMs }: RoleGrant): Promise<boolean> {
    const { numAffectedRows = 0n } = await sql`
      insert into role_grant (subject, role, granted_by, granted_ms)
      select ${subject}, ${role}, ${grantedBy}, ${grantedMs}
      where (select count(*) from role_grant) < ${MAX_GRANTS}
      on conflict do nothing`.execute(this.db);
    return numAffectedRows > 0n;
  }

  async remove(subject: string, role: string): Promise<boolean> {
    const { numDeletedRows } = await this.db
      .deleteFrom('role_grant')
      .where('subject', '=', subject)
      .where('role', '=', role)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
