/** What a re-import changed, told from the indexes alone: nothing is compiled for it. */
import type { ApiIndex } from '../../model.ts';
import type { PreviewSubject } from '../report.ts';
import type { Change, ChangeKind } from './change.ts';
import { diffApis } from './diff.ts';

export interface ChangeSummary {
  readonly counts: Readonly<Partial<Record<ChangeKind, number>>>;
  /** Risky ones in words, the first few. */
  readonly risky: readonly string[];
}

const MAX_RISKY = 10;

/** @returns undefined where nothing changed; inputs of operations are not compared */
export function summarizeChanges(before: ApiIndex, after: ApiIndex): ChangeSummary | undefined {
  const { changes, counts } = diffApis(stub(before), stub(after), 0);
  if (changes.length === 0) return undefined;
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const risky = changes.filter(({ isRisky }) => isRisky);
  return { counts: Object.fromEntries(some), risky: risky.slice(0, MAX_RISKY).map(words) };
}

function words({ tool, text }: Change): string {
  return tool === '' ? text : `${tool}: ${text}`;
}

function stub(index: ApiIndex): PreviewSubject {
  return {
    format: index.kind,
    index,
    plan: () => 'It is not compiled here.',
    repairs: () => index.repairs,
    serverOf: () => '',
  };
}
