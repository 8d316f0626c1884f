/**
 * Quoted texts whose further lines stand too far left: most parsers of YAML take them, ours does
 * not. Blanks at the beginning of such lines mean nothing, so they may be added.
 */

const BLOCK = /(?:^|[\s:-])[|>][+-]?\d?[+-]?\s*(?:#.*)?$/;
const INDENT = /^\s*/;
const DASHES = /^(?:- +)*/;
const QUOTED = /^(?:[^\s'"#][^'"]*?:\s+|(['"])[^'"]*\1\s*:\s+)?(['"])(.*)$/;

/** `text` with such lines moved to the right of the key they belong to; no line comes or goes. */
export function indentQuotedLines(text: string): string {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (BLOCK.test(line)) {
      at = endOfBlock(lines, at);
      continue;
    }
    const indent = INDENT.exec(line)?.[0] ?? '';
    // Dashes are taken off first: tried together, each of them would be tried in every way.
    const entry = line.slice(indent.length).replace(DASHES, '');
    const [, , quote = '', rest = ''] = QUOTED.exec(entry) ?? [];
    if (quote === '' || closes(rest, quote)) continue;
    at = indentUntilClosed(lines, at, { quote, margin: `${indent}  ` });
  }
  return lines.join('\n');
}

/** The last line of the block text that begins at `start`. */
function endOfBlock(lines: readonly string[], start: number): number {
  const indent = indentOf(lines[start] ?? '');
  let at = start;
  while (at + 1 < lines.length) {
    const next = lines[at + 1] ?? '';
    if (next.trim() !== '' && indentOf(next) <= indent) break;
    at++;
  }
  return at;
}

function indentUntilClosed(
  lines: string[],
  start: number,
  { quote, margin }: { readonly quote: string; readonly margin: string },
): number {
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() !== '' && indentOf(line) < margin.length) lines[at] = margin + line.trimStart();
    if (closes(line, quote)) return at;
  }
  return lines.length;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Whether `quote` ends a text in `line`: neither doubled nor escaped. */
function closes(line: string, quote: string): boolean {
  const plain = quote === "'" ? line.replaceAll("''", '') : line.replace(/\\./g, '');
  return plain.includes(quote);
}
