/** Steps from an empty database to the present tables. Steps are only ever added, never changed. */
import { sql, type Kysely, type Transaction } from 'kysely';
import { StoreError } from './sqlite/open.ts';
import type { Tables } from './tables.ts';

type Step = (db: Transaction<Tables>) => Promise<void>;

const STEPS: readonly Step[] = [
  async (db) => {
    await db.schema
      .createTable('uri_owner')
      .addColumn('uri', 'text', (column) => column.primaryKey().notNull())
      .addColumn('upstream', 'text', (column) => column.notNull())
      .modifyEnd(sql`without rowid, strict`)
      .execute();
    await db.schema.createIndex('uri_owner_upstream').on('uri_owner').column('upstream').execute();
  },
  async (db) => {
    await db.schema
      .createTable('api_key')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('first_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('agent', 'text', (column) => column.notNull())
      .addColumn('team', 'text', (column) => column.notNull())
      .addColumn('groups', 'text', (column) => column.notNull())
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('created_ms', 'integer', (column) => column.notNull())
      .addColumn('expires_ms', 'integer')
      .addColumn('revoked_ms', 'integer')
      .addColumn('replaced_by', 'text', (column) => column.notNull())
      .addColumn('last_used_day', 'text', (column) => column.notNull())
      .modifyEnd(sql`without rowid, strict`)
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable('usage')
      .addColumn('hour_ms', 'integer', (column) => column.notNull())
      .addColumn('principal', 'text', (column) => column.notNull())
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('team', 'text', (column) => column.notNull())
      .addColumn('agent', 'text', (column) => column.notNull())
      .addColumn('item', 'text', (column) => column.notNull())
      .addColumn('endpoint', 'text', (column) => column.notNull())
      .addColumn('calls', 'integer', (column) => column.notNull())
      .addColumn('refusals', 'integer', (column) => column.notNull())
      .addColumn('errors', 'integer', (column) => column.notNull())
      .addColumn('result_bytes', 'integer', (column) => column.notNull())
      .addColumn('tokens', 'integer', (column) => column.notNull())
      .addColumn('cost', 'real', (column) => column.notNull())
      .addPrimaryKeyConstraint('usage_key', [
        'hour_ms',
        'principal',
        'user',
        'team',
        'agent',
        'item',
        'endpoint',
      ])
      .modifyEnd(sql`without rowid, strict`)
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable('secret')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .addColumn('created_ms', 'integer', (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('secret_key', ['name', 'version'])
      .modifyEnd(sql`without rowid, strict`)
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable('revoked_subject')
      .addColumn('issuer', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('sid', 'text', (column) => column.notNull())
      .addColumn('revoked_ms', 'integer', (column) => column.notNull())
      .addColumn('expires_ms', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('revoked_subject_key', ['issuer', 'subject', 'sid'])
      .modifyEnd(sql`without rowid, strict`)
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable('login_session')
      .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
      .addColumn('issuer', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('sid', 'text', (column) => column.notNull())
      .addColumn('claims', 'text', (column) => column.notNull())
      .addColumn('created_ms', 'integer', (column) => column.notNull())
      .addColumn('seen_ms', 'integer', (column) => column.notNull())
      .addColumn('expires_ms', 'integer', (column) => column.notNull())
      .modifyEnd(sql`without rowid, strict`)
      .execute();
    for (const column of ['subject', 'sid'] as const) {
      await db.schema
        .createIndex(`login_session_${column}`)
        .on('login_session')
        .columns(['issuer', column])
        .execute();
    }
    await db.schema
      .createTable('login_once')
      .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
      .addColumn('expires_ms', 'integer', (column) => column.notNull())
      .modifyEnd(sql`without rowid, strict`)
      .execute();
  },
  async (db) => {
    await db.schema
      .createTable('role_grant')
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('granted_by', 'text', (column) => column.notNull())
      .addColumn('granted_ms', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('role_grant_key', ['subject', 'role'])
      .modifyEnd(sql`without rowid, strict`)
      .execute();
    await db.schema
      .createTable('admin_code')
      .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('expires_ms', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute();
    await db.schema
      .createTable('principal_seen')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('verified_by', 'text', (column) => column.notNull())
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('agent', 'text', (column) => column.notNull())
      .addColumn('team', 'text', (column) => column.notNull())
      .addColumn('groups', 'text', (column) => column.notNull())
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('first_ms', 'integer', (column) => column.notNull())
      .addColumn('last_ms', 'integer', (column) => column.notNull())
      .modifyEnd(sql`without rowid, strict`)
      .execute();
  },
];

/** Runs the steps that are missing, each with its mark in the database in one transaction. */
export async function migrate(db: Kysely<Tables>, path: string): Promise<void> {
  const done = await versionOf(db);
  if (done > STEPS.length) {
    throw new StoreError(
      `${path} was written by a later release (version ${done}, this one knows ${STEPS.length}). ` +
        'Use that release, or another state directory.',
    );
  }
  for (const [index, step] of STEPS.entries()) {
    if (index < done) continue;
    await db.transaction().execute(async (transaction) => {
      // Another process may have been faster; the transaction holds it off from here on.
      if ((await versionOf(transaction)) > index) return;
      await step(transaction);
      await sql`pragma user_version = ${sql.lit(index + 1)}`.execute(transaction);
    });
  }
}

async function versionOf(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  return rows[0]?.user_version ?? 0;
}
