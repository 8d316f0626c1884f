/** Opens the database of an entry; each driver is loaded when the first database of it is. */
import { resolve } from 'node:path';
import type { WayOut } from '../../../egress/index.ts';
import type { LoginConfig } from '../../auth-schema.ts';
import type { SqlConfig } from '../config-schema.ts';
import { dialectOf, sqlitePath } from '../dialect.ts';
import type { Database } from './database.ts';
import { serverAddress } from './server-address.ts';

export interface OpenDeps {
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly login: LoginConfig | undefined;
  readonly wayOut: WayOut | undefined;
}

/** Nothing is connected to before the first statement. */
export async function openDatabase(
  url: string,
  config: SqlConfig,
  { directory, login, wayOut }: OpenDeps,
): Promise<Database> {
  if (dialectOf(url) === 'sqlite') {
    return (await import('./sqlite.ts')).openSqlite(resolve(directory, sqlitePath(url)), config);
  }
  if (dialectOf(url) === 'mysql') {
    const { openMysql } = await import('./mysql.ts');
    return openMysql(serverAddress(url, 3306, login, wayOut), config);
  }
  const { openPostgres } = await import('./postgres.ts');
  return openPostgres(serverAddress(url, 5432, login, wayOut), config);
}
