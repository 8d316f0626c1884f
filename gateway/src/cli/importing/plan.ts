/** Which entries of the clients become which upstreams. */
import { isDeepStrictEqual } from 'node:util';
import type { Entry } from '../../config/index.ts';
import type { FoundEntry } from '../clients/entries.ts';
import type { Machine } from '../clients/client.ts';
import { freeId, idFrom } from '../guess-upstream.ts';
import { convert } from './convert.ts';
import type { OwnPlaces } from './own-entry.ts';
import type { Wanted } from './texts.ts';

/** Where an entry was found. */
export interface Origin {
  readonly client: string;
  readonly file: string;
  readonly name: string;
}

export interface Taken extends Origin {
  readonly id: string;
  readonly kind: 'http' | 'stdio';
  readonly entry: Entry;
  readonly wanted: readonly Wanted[];
  readonly remarks: readonly string[];
}

export interface LeftOut extends Origin {
  readonly why: string;
}

export interface Plan {
  readonly taken: readonly Taken[];
  readonly skipped: readonly LeftOut[];
}

export interface PlanDeps {
  readonly machine: Machine;
  readonly own: OwnPlaces;
  /** The upstreams that are there already, as they are written. */
  readonly existing: Readonly<Record<string, unknown>>;
  /** How an entry reads once it is written. */
  readonly asWritten: (id: string, entry: Entry) => unknown;
}

/** Equal entries are taken once; another entry of the same name gets an id that says whose it is. */
export function planImport(found: readonly FoundEntry[], deps: PlanDeps): Plan {
  const taken: Taken[] = [];
  const skipped: LeftOut[] = [];
  const known = new Map<string, unknown>(Object.entries(deps.existing));
  for (const each of found) {
    const { client, file, name } = each;
    const origin = { client, file, name };
    const wished = idFrom(name);
    const same = convert(each, wished, deps.machine, deps.own);
    if (same.kind === 'skipped') {
      skipped.push({ ...origin, why: same.why });
      continue;
    }
    const twin = sameAs(known, (id) => {
      const under = convert(each, id, deps.machine, deps.own);
      return under.kind === 'skipped' ? undefined : deps.asWritten(id, under.entry);
    });
    if (twin !== undefined) {
      skipped.push({ ...origin, why: `the same as "${twin}"` });
      continue;
    }
    const id = chooseId(wished, client, (candidate) => known.has(candidate));
    const converted = id === wished ? same : convert(each, id, deps.machine, deps.own);
    if (converted.kind === 'skipped') continue;
    taken.push({ ...origin, id, ...converted });
    known.set(id, deps.asWritten(id, converted.entry));
  }
  return { taken, skipped };
}

function chooseId(wished: string, client: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(wished)) return wished;
  const own = client === '' ? wished : idFrom(`${wished}-${client}`);
  return freeId(own, isTaken);
}

/**
 * The id of an upstream that is the same.
 * @param under how it would be written under another id: names of variables hold the id
 */
function sameAs(
  known: ReadonlyMap<string, unknown>,
  under: (id: string) => unknown,
): string | undefined {
  for (const [id, other] of known) {
    if (isDeepStrictEqual(under(id), other)) return id;
  }
  return undefined;
}
