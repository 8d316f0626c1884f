/** A plan as people read it. */
import { printableLine } from '../../config/index.ts';
import type { BadFile } from '../clients/entries.ts';
import type { Machine } from '../clients/client.ts';
import { count } from '../counted.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';
import type { Plan } from './plan.ts';

export function showPlan(
  out: Output,
  { taken, skipped }: Plan,
  bad: readonly BadFile[],
  machine: Machine,
): void {
  const where = (client: string, file: string) =>
    [client, shortPath(file, machine)].filter((word) => word !== '').join(' ');
  section(
    out,
    ['UPSTREAM', 'KIND', 'ENTRY', 'FOUND IN'],
    taken.map(({ id, kind, name, client, file }) => [id, kind, name, where(client, file)]),
  );
  section(
    out,
    ['SKIPPED', 'WHY', 'FOUND IN'],
    skipped.map(({ name, why, client, file }) => [name, why, where(client, file)]),
  );
  for (const { file, why } of bad) {
    out.note(`${shortPath(file, machine)} was not read: ${printableLine(why)}`);
  }
  for (const { id, remarks } of taken) {
    for (const remark of remarks) out.note(`${id}: ${remark}`);
  }
}

/** The variables that have to be set, and what each is for; their values are never shown. */
export function showWanted(out: Output, wanted: Wanting): void {
  if (wanted.length === 0) return;
  out.line(`${count(wanted.length, 'value')} that should stay secret, or stand in variables:`);
  const rows = wanted.map(({ name, id, what }) => [`\${${name}}`, `${id} ${what}`]);
  for (const line of table(rows, undefined)) out.line(`  ${line}`);
  out.line('Set these variables where the gateway is started.');
  out.line();
}

export type Wanting = readonly {
  readonly name: string;
  readonly id: string;
  readonly what: string;
}[];

function section(out: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const [title = '', ...lines] = table([head, ...rows], undefined);
  out.line(out.outPaint.faint(title));
  for (const line of lines) out.line(line);
  out.line();
}

/** With `~` for the home folder. */
export function shortPath(file: string, { home }: Machine): string {
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
