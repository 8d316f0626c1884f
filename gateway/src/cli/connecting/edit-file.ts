/** One entry put into a client's file, or taken out of it; everything else stays as it is. */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'smol-toml';
import type { Layout } from '../clients/client.ts';
import { isTable, readFileText } from '../clients/read-file.ts';
import { removeMember, setMember } from './edit-json.ts';
import type { Entry } from './entry.ts';

const MARK = '\ufeff';

/**
 * @param text the file's text; valid
 * @param entry undefined takes the entry out
 * @returns the new text, or undefined where the file is written in a way that cannot be edited so
 */
export function editFile(
  text: string,
  layout: Layout,
  name: string,
  entry: Entry | undefined,
): string | undefined {
  const path = [...layout.keys, name];
  const before = readFileText(text, layout.syntax);
  if (!before.ok) return undefined;
  const after =
    layout.syntax === 'json' ? editJson(text, path, entry) : editToml(text, path, entry);
  const read = readFileText(after, layout.syntax);
  if (!read.ok) return undefined;
  // Whatever the edit did to the text, it may have changed nothing but this entry.
  const expected = withEntry(before.value, path, entry);
  return isDeepStrictEqual(plain(read.value), plain(expected)) ? after : undefined;
}

function editJson(text: string, path: readonly string[], entry: Entry | undefined): string {
  const mark = text.startsWith(MARK) ? MARK : '';
  const bare = text.slice(mark.length);
  const start = bare.trim() === '' ? '{}\n' : bare;
  return mark + (entry === undefined ? removeMember(start, path) : setMember(start, path, entry));
}

function editToml(text: string, path: readonly string[], entry: Entry | undefined): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const rest = withoutTable(text, path);
  if (entry === undefined) return rest;
  const head = `[${path.map((key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))).join('.')}]`;
  const block = `${head}\n${stringify({ ...entry }).trimEnd()}\n`.replaceAll('\n', eol);
  const gap = rest === '' ? '' : rest.endsWith('\n') ? eol : eol + eol;
  return rest + gap + block;
}

/** Drops the table of this path and those below it, with the empty line in front. */
function withoutTable(text: string, path: readonly string[]): string {
  const kept: string[] = [];
  let isInside = false;
  for (const line of text.split(/(?<=\n)/)) {
    const head = /^\s*\[\[?([^\]]+)\]/.exec(line)?.[1];
    if (head !== undefined) {
      const keys = head.split('.').map((key) => key.trim().replace(/^(["'])(.*)\1$/, '$2'));
      const wasInside = isInside;
      isInside = path.every((key, at) => keys[at] === key);
      if (isInside && !wasInside && kept.at(-1)?.trim() === '') kept.pop();
    }
    if (!isInside) kept.push(line);
  }
  return kept.join('');
}

/** The value with the entry set, or without it. */
function withEntry(
  value: Readonly<Record<string, unknown>>,
  [key = '', ...rest]: readonly string[],
  entry: Entry | undefined,
): Record<string, unknown> {
  const copy = { ...value };
  const inner = copy[key];
  if (rest.length > 0) {
    if (entry === undefined && !isTable(inner)) return copy;
    copy[key] = withEntry(isTable(inner) ? inner : {}, rest, entry);
  } else if (entry === undefined) delete copy[key];
  else copy[key] = entry;
  return copy;
}

/** Without what only tells apart how a value was made; a table without entries is as none. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) =>
    isTable(each) && Object.keys(each).length === 0 ? undefined : each,
  );
}
