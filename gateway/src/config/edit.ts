/** Changes to the configuration file that leave everything else in it as it was. */
import { isDeepStrictEqual } from 'node:util';
import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  stringify,
  type Document,
  type YAMLMap,
} from 'yaml';
import { parseYaml } from './parse.ts';

export type Edited =
  | { readonly ok: true; readonly text: string; readonly added: string }
  | { readonly ok: false; readonly why: string };

/** A YAML value as it is written into the file, placeholders included. */
export type Entry = Readonly<Record<string, unknown>>;

const SECTION = 'upstreams';

/**
 * Adds `upstreams.<id>` to the text of a configuration file. Where the section is written in block
 * style, every other byte stays; otherwise the section is written anew, comments kept. Refused: a
 * text that is no valid YAML mapping, and an id that is taken.
 * @param text the file's text, empty for a new file
 */
export function addUpstream(text: string, id: string, entry: Entry): Edited {
  const document = parseYaml(text, new LineCounter());
  if (document === undefined || document.errors.length > 0) {
    return { ok: false, why: 'the file has errors; run drawbridge check and mend them first' };
  }
  if (document.contents !== null && !isMap(document.contents)) {
    return { ok: false, why: 'the file does not begin with keys such as "upstreams:"' };
  }
  if (document.hasIn([SECTION, id])) {
    return { ok: false, why: `there is an upstream "${id}" already; choose another with --name` };
  }
  const before: unknown = document.toJS({ maxAliasCount: 1000 });
  const expected = withEntry(before, id, entry);
  for (const write of [insertText, rewriteSection]) {
    const result = write(text, document, id, entry);
    if (result !== undefined && holds(result, expected)) {
      return { ok: true, text: result, added: block(id, entry, 2, 2) };
    }
  }
  return { ok: false, why: `"${SECTION}:" is written in a way that cannot be added to` };
}

function holds(text: string, expected: unknown): boolean {
  const document = parseYaml(text, new LineCounter());
  return (
    document !== undefined &&
    document.errors.length === 0 &&
    isDeepStrictEqual(document.toJS({ maxAliasCount: 1000 }), expected)
  );
}

function withEntry(before: unknown, id: string, entry: Entry): unknown {
  const top = isRecord(before) ? before : {};
  const section = isRecord(top[SECTION]) ? top[SECTION] : {};
  return { ...top, [SECTION]: { ...section, [id]: entry } };
}

/** The text with the entry behind the section's last one, in the section's own indentation. */
function insertText(
  text: string,
  document: Document.Parsed,
  id: string,
  entry: Entry,
): string | undefined {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const write = (at: number, addition: string) => {
    const head = text.slice(0, at);
    const gap = head === '' || head.endsWith('\n') ? '' : eol;
    return head + gap + addition.replaceAll('\n', eol) + text.slice(at);
  };
  const root = document.contents;
  if (!isMap(root)) return write(text.length, `${SECTION}:\n${block(id, entry, 2, 2)}`);
  if (root.flow === true) return undefined;
  const pair = root.items.find((item) => isScalar(item.key) && item.key.value === SECTION);
  if (pair === undefined) {
    return write(
      text.length,
      `${text.endsWith('\n\n') ? '' : '\n'}${SECTION}:\n${block(id, entry, 2, 2)}`,
    );
  }
  const section = pair.value;
  if (isMap(section) && section.flow !== true && section.items.length > 0) {
    const indent = columnOf(text, startOf(section.items[0]?.key));
    return write(
      lineEnd(text, endOf(section)),
      block(id, entry, indent, stepOf(section, text, indent)),
    );
  }
  const isEmpty =
    section === null || (isScalar(section) && section.value === null && section.source === '');
  if (!isEmpty) return undefined;
  return write(lineEnd(text, startOf(pair.key)), block(id, entry, 2, 2));
}

function rewriteSection(
  text: string,
  document: Document.Parsed,
  id: string,
  entry: Entry,
): string | undefined {
  if (!isMap(document.contents) || !isMap(document.get(SECTION))) return undefined;
  const copy = document.clone();
  copy.setIn([SECTION, id], copy.createNode(entry));
  const written = copy.toString({ lineWidth: 0, flowCollectionPadding: true });
  return text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written;
}

function block(id: string, entry: Entry, indent: number, step: number): string {
  const lines = stringify({ [id]: entry }, { indent: Math.max(step, 1), lineWidth: 0 }).split('\n');
  return lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n');
}

/** How far the section's entries indent their own keys. */
function stepOf(section: YAMLMap, text: string, indent: number): number {
  for (const { value } of section.items) {
    if (!isMap(value) || value.flow === true || value.items.length === 0) continue;
    const step = columnOf(text, startOf(value.items[0]?.key)) - indent;
    if (step > 0) return step;
  }
  return 2;
}

/** Where the last value below a node ends, without the comments that follow it. */
function endOf(node: unknown): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    const value = last?.value ?? null;
    return value === null
      ? (rangeOf(last?.key)?.[1] ?? 0)
      : Math.max(endOf(value), rangeOf(last?.key)?.[1] ?? 0);
  }
  if (isCollection(node) && node.flow !== true) return endOf(node.items.at(-1));
  return rangeOf(node)?.[1] ?? 0;
}

function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function startOf(node: unknown): number {
  return rangeOf(node)?.[0] ?? 0;
}

function rangeOf(node: unknown): [number, number, number] | undefined {
  return (isScalar(node) || isCollection(node)) && node.range ? node.range : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
