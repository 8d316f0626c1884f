/** The figures of a run as a table for people. */

export interface Row {
  readonly name: string;
  readonly ok: string;
  readonly valid: string;
  readonly complete: string;
  readonly documentsValid: string;
  readonly documentsComplete: string;
  readonly cpu: string;
  readonly memory: string;
  readonly tokens: string;
}

const HEAD: Row = {
  name: '',
  ok: 'ok',
  valid: 'ops valid',
  complete: 'ops complete',
  documentsValid: 'docs all valid',
  documentsComplete: 'docs all complete',
  cpu: 'ms p50/p95/max',
  memory: 'MB p50/max',
  tokens: 'tokens p50/p95/max',
};

export function renderTable(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows].map((row) => [
    row.name,
    row.ok,
    row.valid,
    row.complete,
    row.documentsValid,
    row.documentsComplete,
    row.cpu,
    row.memory,
    row.tokens,
  ]);
  const widths = lines[0]?.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) =>
          at === 0 ? cell.padEnd(widths?.[at] ?? 0) : cell.padStart(widths?.[at] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** The value below which a share of all values lies. @param share between 0 and 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
}

export function short(count: number): string {
  if (count >= 1_000_000) return `${(count / 1_000_000).toFixed(1)}M`;
  return count >= 1000 ? `${(count / 1000).toFixed(1)}k` : String(Math.round(count));
}
