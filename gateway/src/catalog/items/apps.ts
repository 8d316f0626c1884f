/**
 * MCP Apps (extension `io.modelcontextprotocol/ui`): the page that shows a tool's results, and tools
 * that only such a page calls.
 */
import {
  ROOT,
  scanJson,
  type Edit,
  type Exchange,
  type JsonView,
  type Terminal,
} from '../../kernel/index.ts';

/** What a tool's definition says of pages. */
export interface AppParts {
  /** Where the member `_meta` of the definition stands. */
  readonly metaStart: number;
  readonly metaEnd: number;
  readonly pages: readonly PageName[];
  /** It is for the page, not for the model. */
  readonly isAppOnly: boolean;
}

/** Where the URI of a page stands in a text. */
export interface PageName {
  readonly start: number;
  readonly end: number;
  readonly uri: string;
}

/** The older form of `_meta.ui.resourceUri`. */
const FLAT = 'ui/resourceUri';
const SCAN = { maxDepth: 128, recordDepth: 3 };

/** @param meta entry of a `_meta` object. Undefined where it says nothing of pages */
export function readAppParts(view: JsonView, meta: number): AppParts | undefined {
  if (view.kind(meta) !== 'object') return undefined;
  const inside = scanJson(view.slice(meta), SCAN);
  if ('fault' in inside) return undefined;
  const from = view.start(meta);
  const ui = inside.member(ROOT, 'ui');
  const at = [inside.member(ui, 'resourceUri'), inside.member(ROOT, FLAT)];
  const pages: PageName[] = [];
  for (const entry of at) {
    const uri = inside.string(entry);
    if (uri === undefined) continue;
    pages.push({ start: from + inside.start(entry), end: from + inside.end(entry), uri });
  }
  if (ui < 0 && pages.length === 0) return undefined;
  const visibility = inside.member(ui, 'visibility');
  const seenBy = inside.kind(visibility) === 'array' ? inside.children(visibility) : [];
  return {
    metaStart: from,
    metaEnd: view.end(meta),
    pages,
    isAppOnly: seenBy.length > 0 && seenBy.every((entry) => inside.string(entry) === 'app'),
  };
}

/** The edits that name pages as callers know them. */
export function pageEdits(
  pages: readonly PageName[],
  publicName: (uri: string) => string,
): readonly Edit[] {
  return pages.flatMap(({ start, end, uri }) => {
    const shown = publicName(uri);
    return shown === uri ? [] : [{ start, end, text: JSON.stringify(shown) }];
  });
}

/**
 * A tool's result with its page named as the caller knows it; every other message passes unchanged.
 * Only tools whose definition speaks of a page are looked at.
 */
export function nameResultPage(x: Exchange, message: Terminal): Terminal {
  if (!x.isOfMany || message.kind !== 'result' || x.target?.kind !== 'item') return message;
  const { pageUri } = x.target.item;
  if (pageUri === undefined) return message;
  const parts = readAppParts(message.view, message.view.member(message.value, '_meta'));
  if (parts === undefined) return message;
  return { ...message, edits: [...message.edits, ...pageEdits(parts.pages, pageUri)] };
}
