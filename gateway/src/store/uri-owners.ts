import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** Which upstream a resource URI belongs to, for good. */
export interface UriOwners {
  ownerOf(uri: string): Promise<string | undefined>;
  /**
   * Makes `upstream` the owner of those URIs that have none, all in one transaction.
   * @returns the owner of each; a URI is missing where it has none and `upstream` owns as many as
   *   it may
   */
  claim(uris: readonly string[], upstream: string): Promise<ReadonlyMap<string, string>>;
}

/** URIs one upstream may own, so that one that invents them cannot fill the disk. */
const MAX_PER_UPSTREAM = 100_000;
const ROWS_PER_STATEMENT = 500;

export class UriOwnerTable implements UriOwners {
  private readonly db: Kysely<Tables>;
  private readonly maxPerUpstream: number;

  constructor(db: Kysely<Tables>, maxPerUpstream = MAX_PER_UPSTREAM) {
    this.db = db;
    this.maxPerUpstream = maxPerUpstream;
  }

  async ownerOf(uri: string): Promise<string | undefined> {
    const row = await this.db
      .selectFrom('uri_owner')
      .select('upstream')
      .where('uri', '=', uri)
      .executeTakeFirst();
    return row?.upstream;
  }

  async claim(uris: readonly string[], upstream: string): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(uris)];
    // Nearly always everything has its owner already, and then nothing has to be written.
    const known = await readOwners(this.db, wanted);
    if (known.size === wanted.length) return known;
    return await this.db.transaction().execute(async (db) => {
      const owners = await readOwners(db, wanted);
      const free = wanted.filter((uri) => !owners.has(uri));
      const room = Math.max(0, this.maxPerUpstream - (await countOf(db, upstream)));
      const taken = free.slice(0, room);
      for (const part of parts(taken)) {
        const rows = part.map((uri) => ({ uri, upstream }));
        await db.insertInto('uri_owner').values(rows).execute();
      }
      for (const uri of taken) owners.set(uri, upstream);
      return owners;
    });
  }
}

async function readOwners(
  db: Kysely<Tables>,
  uris: readonly string[],
): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const part of parts(uris)) {
    const rows = await db.selectFrom('uri_owner').selectAll().where('uri', 'in', part).execute();
    for (const row of rows) owners.set(row.uri, row.upstream);
  }
  return owners;
}

async function countOf(db: Transaction<Tables>, upstream: string): Promise<number> {
  const { count } = await db
    .selectFrom('uri_owner')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('upstream', '=', upstream)
    .executeTakeFirstOrThrow();
  return count;
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += ROWS_PER_STATEMENT) {
    yield all.slice(at, at + ROWS_PER_STATEMENT);
  }
}
