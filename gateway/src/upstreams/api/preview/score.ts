/** How well an API can be used by models, from 0 to 100, and what it lost points for. */
import type { ApiIndex, Operation } from '../model.ts';
import { CLIENT_PROFILES } from '../schema/index.ts';
import { isMarked } from '../name-words.ts';
import { grouped } from './choose-mode.ts';
import type { Measured } from './measure.ts';
import type { ClientLoss, ModeChoice, PreviewReport, ScorePart } from './report.ts';

export interface Scored {
  readonly index: ApiIndex;
  readonly measured: Measured;
  readonly mode: ModeChoice;
  readonly clients: readonly ClientLoss[];
  readonly repairs: number;
}

/** Points of each part; together 100. */
const OF = { callable: 40, described: 20, names: 15, schemas: 15, size: 10 } as const;
const LONG_NAME = 40;
const POINTS_FOR_MODE = { full: 1, compact: 0.7, search: 0.4 } as const;

export function scoreOf(scored: Scored): PreviewReport['score'] {
  const parts = [callable(scored), described(scored), names(scored), schemas(scored), size(scored)];
  return { total: parts.reduce((sum, { points }) => sum + points, 0), parts };
}

function callable({ index, measured }: Scored): ScorePart {
  const { operations, skipped } = index;
  const seen = measured.tools.length + measured.unusable.length;
  const good = seen === 0 ? 0 : measured.tools.length / seen;
  const usable = good * operations.length;
  const all = operations.length + skipped.length;
  const why =
    `${percent(usable, all)} of ${grouped(all)} operations can be called` +
    `${skipped.length === 0 ? '' : `; ${grouped(skipped.length)} were left out of the import`}.`;
  return part('callable', usable, all, why);
}

function described({ index }: Scored): ScorePart {
  const { operations } = index;
  const good = operations.filter(isDescribed).length;
  const why = `${percent(good, operations.length)} of the operations say in words what they do.`;
  return part('described', good, operations.length, why);
}

/** A summary that only repeats method and path, or the name, describes nothing. */
function isDescribed({ summary, verb, place, name }: Operation): boolean {
  const plain = summary.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
  const repeats = [`${verb}${place}`, name, place].map((text) =>
    text.toLowerCase().replaceAll(/[^a-z0-9]+/g, ''),
  );
  return summary !== '' && !repeats.includes(plain);
}

function names({ index }: Scored): ScorePart {
  const { operations } = index;
  const long = operations.filter(({ name }) => name.length > LONG_NAME).length;
  const marked = operations.filter(({ name, key }) => isMarked(name, key));
  const bad = Math.max(long, marked.length);
  const why =
    bad === 0
      ? 'Every operation has a short name of its own.'
      : `Of ${grouped(operations.length)} names, ${grouped(long)} have more than ${LONG_NAME} characters and ${grouped(marked.length)} a mark to tell them apart.`;
  return part('names', operations.length - bad, operations.length, why);
}

/** Every client that takes every schema counts the same; a repair may have missed what was meant. */
function schemas({ measured, clients, repairs }: Scored): ScorePart {
  const seen = measured.tools.length;
  const pairs = seen * CLIENT_PROFILES.length;
  const lost = new Set(
    clients.flatMap(({ client, tools }) => tools.map((tool) => JSON.stringify([client, tool]))),
  );
  const affected = new Set(clients.flatMap(({ tools }) => tools)).size;
  const bad = Math.min(pairs, lost.size + Math.min(repairs, pairs / 4));
  const made = `${grouped(repairs)} ${repairs === 1 ? 'repair was' : 'repairs were'} made`;
  const why =
    lost.size === 0 && repairs === 0
      ? 'Every client takes every schema, and nothing had to be repaired.'
      : `${made}; ${grouped(affected)} of ${grouped(seen)} tools have a schema that some client does not take.`;
  return part('schemas', pairs - bad, pairs, why);
}

function size({ mode, index }: Scored): ScorePart {
  const share = index.operations.length === 0 ? 0 : POINTS_FOR_MODE[mode.mode];
  const why =
    mode.mode === 'full'
      ? 'All definitions fit the budget.'
      : `Definitions do not fit the budget; tools are listed in ${mode.mode} mode.`;
  return { name: 'size', points: Math.round(share * OF.size), of: OF.size, why };
}

function part(name: ScorePart['name'], good: number, all: number, why: string): ScorePart {
  const of = OF[name];
  const share = all === 0 ? 0 : good / all;
  // Full points only where nothing is missing.
  const points = share === 1 ? of : Math.min(Math.round(share * of), of - 1);
  return { name, points: Math.max(0, points), of, why };
}

function percent(good: number, all: number): string {
  if (all === 0) return 'None';
  if (good === all) return '100%';
  return `${Math.min(Math.floor((good / all) * 100), 99)}%`;
}
