/** An item with the operator's own title and description. */
import { ROOT, addMembers, replaceValue, scanJson, splice, type Edit } from '../../kernel/index.ts';
import { oneLine } from './brief.ts';
import type { Override } from '../endpoints/overrides.ts';
import { RewrittenItem, type ItemSource } from './rewritten-item.ts';

const SCAN = { maxDepth: 128, recordDepth: 2 };

/** @returns the same item where nothing is said of it in other words */
export function describedItem(source: ItemSource, override: Override | undefined): ItemSource {
  const { title, description } = override ?? {};
  if (title === undefined && description === undefined) return source;
  return new RewrittenItem(source, {
    definition: (of) => withTexts(of, title, description),
    brief: (brief) => ({
      ...brief,
      ...(title === undefined ? {} : { title: oneLine(title) }),
      ...(description === undefined ? {} : { line: oneLine(description) }),
    }),
  });
}

/** Every other byte stays. A title that stands among annotations is exchanged as well. */
function withTexts(
  of: Buffer,
  title: string | undefined,
  description: string | undefined,
): Buffer | string {
  const view = scanJson(of, SCAN);
  if ('fault' in view || view.kind(ROOT) !== 'object') return 'Its definition cannot be read.';
  const edits: Edit[] = [];
  const added: string[] = [];
  const put = (key: string, text: string | undefined): void => {
    if (text === undefined) return;
    const entry = view.member(ROOT, key);
    if (entry >= 0) edits.push(replaceValue(view, entry, JSON.stringify(text)));
    else added.push(`${JSON.stringify(key)}:${JSON.stringify(text)}`);
  };
  put('title', title);
  put('description', description);
  const annotated = view.member(view.member(ROOT, 'annotations'), 'title');
  if (title !== undefined && annotated >= 0) {
    edits.push(replaceValue(view, annotated, JSON.stringify(title)));
  }
  if (added.length > 0) edits.push(addMembers(view, ROOT, added.join(',')));
  return splice(of, edits);
}
