/**
 * Output schemas for callers of before 2026-07-28, to whom every structured result is an object
 * (2025-11-25, server/tools, output schema): what is none becomes the member `result` of one.
 */
import {
  ROOT,
  removeMembers,
  replaceValue,
  scanJson,
  schemasUnder,
  splice,
  type Edit,
  type JsonView,
} from '../../kernel/index.ts';

const WHOLE = { maxDepth: 128, recordDepth: 128 };
const PLACE = '#/properties/result';

/**
 * @param schema JSON text of an output schema
 * @returns the schema with an object around it, every other byte as it was but pointers into itself;
 *   undefined where its root says that it is one
 */
export function wrapOutput(schema: Buffer): string | undefined {
  const head = scanJson(schema, { maxDepth: WHOLE.maxDepth, recordDepth: 1 });
  if ('fault' in head || head.string(head.member(ROOT, 'type')) === 'object') return undefined;
  if (head.kind(ROOT) !== 'object') return around(head.raw(ROOT) === 'false' ? '{"not":{}}' : '{}');
  // Under an identifier of its own it stays what it refers to.
  if (isDocument(head, ROOT)) return around(head.raw(ROOT));
  const view = scanJson(schema, WHOLE);
  if ('fault' in view) return undefined;
  const edits: Edit[] = [];
  moveReferences(view, ROOT, edits);
  // The dialect is said at the root of a document only.
  const dialect = view.member(ROOT, '$schema');
  if (dialect >= 0) edits.push(...removeMembers(view, ROOT, [dialect]));
  return around(splice(schema, edits).toString(), view.raw(dialect));
}

function around(inner: string, dialect = ''): string {
  const members = dialect === '' ? '' : `"$schema":${dialect},`;
  return `{${members}"type":"object","properties":{"result":${inner}},"required":["result"]}`;
}

/** An identifier that is only a fragment is an anchor of older dialects. */
function isDocument(view: JsonView, schema: number): boolean {
  return view.string(view.member(schema, '$id'))?.startsWith('#') === false;
}

function moveReferences(view: JsonView, schema: number, edits: Edit[]): void {
  const kind = view.kind(schema);
  if (kind !== 'object' && kind !== 'array') return;
  if (isDocument(view, schema)) return;
  for (const child of view.children(schema)) {
    const key = view.key(child);
    if (key === '$ref' || key === '$dynamicRef') {
      const target = view.string(child);
      // Anchors have the same meaning everywhere in the document.
      if (target !== '#' && target?.startsWith('#/') !== true) continue;
      edits.push(replaceValue(view, child, JSON.stringify(PLACE + target.slice(1))));
    } else for (const part of schemasUnder(view, child)) moveReferences(view, part, edits);
  }
}
