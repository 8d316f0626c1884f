/** What changed in an API as people read it: what is risky first. */
import { printable } from '../config/index.ts';
import type { Change, DiffReport } from '../upstreams/index.ts';
import { count, grouped, moreLine, shownOf } from './counted.ts';
import type { Output } from './output.ts';

const MAX_LINES = 20;

const HEADS = {
  server: 'Servers',
  auth: 'Credentials',
  effect: 'Effects',
  input: 'Arguments',
  added: 'Added',
  removed: 'Removed',
  moved: 'Moved',
  renamed: 'Renamed',
} as const;

/** @param isWhole shows every line of every list */
export function showDiff(out: Output, diff: DiffReport, isWhole: boolean): void {
  const { changes, risky, notCompared } = diff;
  const show = (head: string, list: readonly Change[]): void => {
    if (list.length === 0) return;
    out.line(`${head} (${grouped(list.length)})`);
    const shown = isWhole ? list.length : shownOf(list.length, MAX_LINES);
    for (const each of list.slice(0, shown)) out.line(`  ${lineOf(each)}`);
    if (shown < list.length) out.line(`  ${moreLine(list.length - shown)}`);
    out.line();
  };
  if (changes.length === 0) out.line('Nothing changed.');
  show(
    out.outPaint.alarm('Risky'),
    changes.filter(({ isRisky }) => isRisky),
  );
  const rest = changes.filter(({ isRisky }) => !isRisky);
  for (const [kind, head] of Object.entries(HEADS)) {
    show(
      head,
      rest.filter((each) => each.kind === kind),
    );
  }
  if (notCompared > 0)
    out.line(`The arguments of ${count(notCompared, 'tool')} were not compared.`);
  if (changes.length > 0) out.line(`${count(changes.length, 'change')}, ${grouped(risky)} risky`);
}

function lineOf({ tool, text }: Change): string {
  const line = tool === '' ? text : `${tool}: ${text}`;
  return printable(line.replaceAll(/\s+/g, ' '));
}
