import { describe, expect, test } from 'vitest';
import { ROOT, scanJson, splice } from '../../kernel/index.ts';
import { pageEdits, readAppParts } from './apps.ts';

const PAGE = 'ui://a/b';

function read(meta: string) {
  const text = `{"name":"t","_meta": ${meta} ,"x":1e400}`;
  const view = scanJson(Buffer.from(text), { maxDepth: 64, recordDepth: 1 });
  if ('fault' in view) throw new Error(view.fault);
  return { view, text, parts: readAppParts(view, view.member(ROOT, '_meta')) };
}

describe('what a definition says of pages', () => {
  test.each([
    ['{}', undefined, false],
    ['[]', undefined, false],
    ['"ui"', undefined, false],
    ['{"other":{"ui":1}}', undefined, false],
    ['{"ui":{}}', 0, false],
    ['{"ui":{"resourceUri":7}}', 0, false],
    [`{"ui":{"resourceUri":"${PAGE}"}}`, 1, false],
    [`{"ui/resourceUri":"${PAGE}"}`, 1, false],
    [`{"ui/resourceUri":"${PAGE}","ui":{"resourceUri":"ui:\\/\\/a/b"}}`, 2, false],
    ['{"ui":{"visibility":["app"]}}', 0, true],
    ['{"ui":{"visibility":["model","app"]}}', 0, false],
    ['{"ui":{"visibility":["model"]}}', 0, false],
    ['{"ui":{"visibility":[]}}', 0, false],
    ['{"ui":{"visibility":"app"}}', 0, false],
  ])('%s names %s pages; for pages only: %s', (meta, pages, isAppOnly) => {
    const { parts } = read(meta);
    expect(parts?.pages.length).toBe(pages);
    expect(parts?.isAppOnly ?? false).toBe(isAppOnly);
    expect(parts?.pages.every(({ uri }) => uri === PAGE) ?? true).toBe(true);
  });

  test('only the names of pages change', () => {
    const { view, text, parts } = read(`{"ui":{"csp":[ 1.0 ],"resourceUri" : "${PAGE}"}}`);
    const edits = pageEdits(parts?.pages ?? [], (uri) => `${uri}/"new"`);
    expect(splice(view.bytes, edits).toString()).toBe(text.replace(PAGE, `${PAGE}/\\"new\\"`));
    expect(pageEdits(parts?.pages ?? [], (uri) => uri)).toEqual([]);
  });
});
