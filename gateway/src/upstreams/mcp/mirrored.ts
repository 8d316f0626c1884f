/** Header values that repeat parts of the body (2026-07-28, Streamable HTTP, custom headers). */
import {
  ROOT,
  scanJson,
  splice,
  type Call,
  type Edit,
  type HeaderBinding,
  type JsonView,
} from '../../kernel/index.ts';

/** Visible ASCII with spaces inside; everything else travels encoded. */
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const SENTINEL = /^=\?base64\?.*\?=$/;

/** A text as a header value: as it is, or as `=?base64?…?=` where it would not arrive unchanged. */
export function encodeMirrored(text: string): string {
  if (PLAIN.test(text) && !SENTINEL.test(text)) return text;
  return text === '' ? '' : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/**
 * Appends the `Mcp-Param-*` headers of a call: what the arguments say after all edits. Absent and
 * null values have no header.
 * @param out names and values in turn
 */
export function pushParamHeaders(
  call: Call,
  edits: readonly Edit[],
  bindings: readonly HeaderBinding[],
  out: string[],
): void {
  if (call.arguments < 0) return;
  const depth = Math.max(...bindings.map(({ path }) => path.length));
  const args = argumentsThatLeave(call, edits, depth);
  if (args === undefined) return;
  for (const { header, path } of bindings) {
    const text = valueText(args, path);
    if (text !== undefined) out.push(`Mcp-Param-${header}`, encodeMirrored(text));
  }
}

function argumentsThatLeave(
  { view, arguments: entry }: Call,
  edits: readonly Edit[],
  recordDepth: number,
): JsonView | undefined {
  const [start, end] = [view.start(entry), view.end(entry)];
  const inside = edits.filter((edit) => edit.start >= start && edit.end <= end);
  const scanned = scanJson(splice(view.bytes, inside, start, end), { maxDepth: 128, recordDepth });
  return 'fault' in scanned ? undefined : scanned;
}

function valueText(args: JsonView, path: readonly string[]): string | undefined {
  let entry = ROOT;
  for (const key of path) {
    if (args.kind(entry) !== 'object') return undefined;
    entry = args.children(entry).find((child) => args.key(child) === key) ?? -1;
    if (entry < 0) return undefined;
  }
  switch (args.kind(entry)) {
    case 'string':
      return args.string(entry);
    case 'boolean':
      return args.raw(entry);
    case 'number':
      return numberText(args.raw(entry));
    default:
      return undefined;
  }
}

/** Integers in full and without an exponent, however the arguments write them. */
function numberText(raw: string): string {
  if (/^-?\d+$/.test(raw)) return raw === '-0' ? '0' : raw;
  const value = Number(raw);
  return Number.isSafeInteger(value) ? String(value) : raw;
}
