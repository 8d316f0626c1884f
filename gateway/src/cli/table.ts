/** Columns of text for a terminal of any width. */
import { printableLine } from '../config/index.ts';

const GAP = '  ';

/**
 * Aligns rows; the last column is cut to the width, `…` at its end. Line ends inside cells become
 * spaces.
 * @param width columns of the terminal, undefined for no limit
 */
export function table(rows: readonly (readonly string[])[], width: number | undefined): string[] {
  const clean = rows.map((row) => row.map((cell) => printableLine(cell.trim())));
  const widths: number[] = [];
  for (const row of clean) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return clean.map((row) => {
    const line = row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
    return width === undefined ? line : cut(line, width);
  });
}

/** At most `width` characters. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;
}
