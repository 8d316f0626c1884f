/** A member put into a JSON text with comments, without moving anything that stands in it. */
import {
  createScanner,
  findNodeAtLocation,
  modify,
  parseTree,
  applyEdits,
  type Node,
} from 'jsonc-parser';

const COMMA = 5;
const TRIVIA = new Set([12, 13, 14, 15]);

/** Takes the member at `path` out, with its comma. */
export function removeMember(text: string, path: readonly string[]): string {
  return applyEdits(text, modify(text, [...path], undefined, {}));
}

/**
 * Sets the member at `path`. One that is there is replaced in its place; a new one follows the last
 * of its object, indented as that is, on a line of its own where that has one.
 * @param text valid, an object
 */
export function setMember(text: string, path: readonly string[], value: unknown): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree === undefined) return text;
  const style = styleOf(text);
  const there = findNodeAtLocation(tree, [...path]);
  if (there !== undefined) {
    const { offset, length } = there;
    const indent = indentAt(text, there.parent?.offset ?? offset);
    return text.slice(0, offset) + written(value, style, indent) + text.slice(offset + length);
  }
  let depth = path.length - 1;
  let parent: Node | undefined;
  while (
    (parent = depth === 0 ? tree : findNodeAtLocation(tree, path.slice(0, depth))) === undefined
  )
    depth -= 1;
  if (parent.type !== 'object') return text;
  const [key = '', ...rest] = path.slice(depth);
  const inner = rest.reduceRight<unknown>((each, name) => ({ [name]: each }), value);
  return insert(text, parent, key, inner, style);
}

interface Style {
  readonly step: string;
  readonly eol: string;
}

function insert(text: string, parent: Node, key: string, value: unknown, style: Style): string {
  const last = parent.children?.at(-1);
  const name = JSON.stringify(key);
  if (last === undefined) {
    const outer = indentAt(text, parent.offset);
    const indent = outer + style.step;
    const at = parent.offset + 1;
    const line = `${style.eol}${indent}${name}: ${written(value, style, indent)}`;
    const rest = text.slice(at);
    const isOneLine = /^[ \t]*\}/.test(rest);
    return text.slice(0, at) + line + (isOneLine ? style.eol + outer + rest.trimStart() : rest);
  }
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const hasOwnLine = /^[ \t]*$/.test(lineBefore(text, last.offset));
  if (!hasOwnLine) {
    const addition = `${name}: ${JSON.stringify(value)}`;
    const at = comma ?? end;
    return `${text.slice(0, at)}${comma === undefined ? ',' : ''} ${addition}${text.slice(at)}`;
  }
  const indent = lineBefore(text, last.offset);
  const line = `${style.eol}${indent}${name}: ${written(value, style, indent)}`;
  // A comment at the end of the last member's line stays with it.
  const from = comma ?? end;
  const at =
    from +
    (/^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*(?=\r?\n))/.exec(text.slice(from))?.[0]
      .length ?? 0);
  return comma === undefined
    ? `${text.slice(0, end)},${text.slice(end, at)}${line}${text.slice(at)}`
    : `${text.slice(0, at)}${line},${text.slice(at)}`;
}

/** The offset behind the comma that follows a member; undefined where none does. */
function commaAfter(text: string, end: number): number | undefined {
  const scanner = createScanner(text, false);
  scanner.setPosition(end);
  let token: number = scanner.scan();
  while (TRIVIA.has(token)) token = scanner.scan();
  return token === COMMA ? scanner.getTokenOffset() + 1 : undefined;
}

function written(value: unknown, { step, eol }: Style, indent: string): string {
  return JSON.stringify(value, undefined, step).replaceAll('\n', eol + indent);
}

/** As the text is indented already. */
function styleOf(text: string): Style {
  const step = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return { step, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(lineBefore(text, offset))?.[0] ?? '';
}
