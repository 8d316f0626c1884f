/** What changed in an API as people read it: what is risky first. */
import { printableLine } from '../config/index.ts';
import type { Change, DiffReport } from '../upstreams/index.ts';
import { count, grouped, moreLine, shownOf } from './counted.ts';
import type { Output } from './output.ts';

const MAX_LINES = 20;
const MAX_TOOLS = 5;

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
    const lines = [...Map.groupBy(list, ({ text }) => text).values()];
    const shown = isWhole ? lines.length : shownOf(lines.length, MAX_LINES);
    for (const same of lines.slice(0, shown)) out.line(`  ${lineOf(same, isWhole)}`);
    if (shown < lines.length) out.line(`  ${moreLine(lines.length - shown)}`);
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

/** What is the same of several tools is said once. */
function lineOf(same: readonly Change[], isWhole: boolean): string {
  const tools = same.flatMap(({ tool }) => (tool === '' ? [] : [tool]));
  const shown = isWhole ? tools.length : shownOf(tools.length, MAX_TOOLS);
  const rest = tools.length - shown;
  const names = tools.slice(0, shown).join(', ') + (rest === 0 ? '' : ` and ${grouped(rest)} more`);
  const text = same[0]?.text ?? '';
  return printableLine(names === '' ? text : `${names}: ${text}`);
}
