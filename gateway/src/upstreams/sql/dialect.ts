/** Databases that are spoken to, and what of their SQL differs where we read or write it. */
export const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;

export type SqlDialect = (typeof DIALECTS)[number];

export const DIALECT_WORDS: Readonly<Record<SqlDialect, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
  sqlite: 'SQLite',
};

const DATABASE_FILE = /\.(?:db|sqlite3?|db3)$/i;

/**
 * The database that a written address is of: `postgres://…`, `postgresql://…`, `mysql://…`,
 * `mariadb://…`, `sqlite:<path>`, or the path of a file that is named as databases are.
 */
export function dialectOf(address: string): SqlDialect | undefined {
  if (/^postgres(?:ql)?:\/\//i.test(address)) return 'postgres';
  if (/^(?:mysql|mariadb):\/\//i.test(address)) return 'mysql';
  if (/^sqlite:/i.test(address)) return 'sqlite';
  return !/^[a-z][a-z0-9+.-]+:/i.test(address) && DATABASE_FILE.test(address)
    ? 'sqlite'
    : undefined;
}

/** The path in the address of an SQLite database. */
export function sqlitePath(address: string): string {
  return address.replace(/^sqlite:(?:\/\/(?=\/))?/i, '');
}

/** Where it is, without what may be a secret. */
export function shownAddress(address: string): string {
  const dialect = dialectOf(address);
  if (dialect === undefined || dialect === 'sqlite') return address;
  const url = URL.parse(address);
  return url === null ? '' : `${url.protocol}//${url.host}${url.pathname}`;
}
