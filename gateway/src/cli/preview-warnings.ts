/** What is wrong with a description: what got lost, and what was read as something else. */
import { printableLine } from '../config/index.ts';
import type { PreviewReport } from '../upstreams/index.ts';
import { count, moreLine, shownOf } from './counted.ts';
import type { Output } from './output.ts';

const MAX_LINES = 5;

/** Writes nothing where nothing is wrong. */
export function showPreviewWarnings(out: Output, report: PreviewReport, isWhole: boolean): void {
  const { unusable, skipped, repairs } = report;
  const warn = <Each>(
    head: string,
    list: readonly Each[],
    textOf: (each: Each) => string,
  ): void => {
    if (list.length === 0) return;
    out.line(`${out.outPaint.alarm('warning:')} ${head}`);
    const shown = isWhole ? list.length : shownOf(list.length, MAX_LINES);
    for (const each of list.slice(0, shown)) out.line(`  ${printableLine(textOf(each))}`);
    if (shown < list.length) out.line(`  ${moreLine(list.length - shown)}`);
    out.line();
  };
  warn(
    `${count(unusable.length, 'operation')} cannot be called`,
    unusable,
    ({ name, why, at }) => `${placeWords(at)}${name}: ${why}`,
  );
  warn(
    `${count(skipped.length, 'part')} of the document left out`,
    skipped,
    ({ what, why, at }) => `${placeWords(at)}${what}: ${why}`,
  );
  warn(
    `${count(repairs.length, 'place')} read as what was meant`,
    [...Map.groupBy(repairs, ({ what }) => what).values()],
    (same) => repairWords(same),
  );
}

/** The same repair is said once, with the first place that needed it. */
function repairWords(same: PreviewReport['repairs']): string {
  const [first] = same;
  if (first === undefined) return '';
  const others = same.length > 1 ? ` (${count(same.length - 1, 'further place')})` : '';
  return `${placeWords(first.at)}${first.what}${others}`;
}

/** `line 12: `; '' where nothing is known. */
function placeWords({ source, line }: PreviewReport['skipped'][number]['at']): string {
  const words = [source, line > 0 ? `line ${line}` : ''].filter((part) => part !== '');
  return words.length === 0 ? '' : `${words.join(' ')}: `;
}
