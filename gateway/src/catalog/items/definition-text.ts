/** An item's definition as lists show it: the upstream's own bytes, only changed members spliced. */
import { splice, type Edit } from '../../kernel/index.ts';
import { pageEdits } from './apps.ts';
import type { DefinitionParts } from './definition.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';

/**
 * @param isLegacy who calls knows the member `execution` of tools, which others do not, and takes
 *   every structured result of them for an object
 */
export function definitionText(
  { item, source }: Entry,
  parts: DefinitionParts,
  isLegacy: boolean,
): string {
  const edits: Edit[] = [];
  if (item.publicName !== source.id.name) {
    const text = JSON.stringify(item.publicName);
    edits.push({ start: parts.nameStart, end: parts.nameEnd, text });
  }
  if (!isLegacy && parts.withoutExecution !== undefined) edits.push(parts.withoutExecution);
  if (isLegacy && item.wrapsOutput === true && parts.wrappedOutput !== undefined) {
    edits.push(parts.wrappedOutput);
  }
  if (parts.app !== undefined && item.pageUri !== undefined) {
    edits.push(...pageEdits(parts.app.pages, item.pageUri));
  }
  return splice(source.definition, edits).toString();
}

/** What compact lists say of arguments; `describe_tool` says the rest, and its own text says so. */
const OPEN_SCHEMA = { type: 'object' };

/** A tool in one line, without its schemas; what it says to a page's host is kept. */
export function compactText({ item, source }: Entry): string {
  const { title, line } = source.brief;
  const text = JSON.stringify({
    name: item.publicName,
    ...(line === '' ? { title } : { description: line }),
    inputSchema: OPEN_SCHEMA,
  });
  const { app } = source;
  if (app === undefined) return text;
  const edits = item.pageUri === undefined ? [] : pageEdits(app.pages, item.pageUri);
  const meta = splice(source.definition, edits, app.metaStart, app.metaEnd).toString();
  return `${text.slice(0, -1)},"_meta":${meta}}`;
}
