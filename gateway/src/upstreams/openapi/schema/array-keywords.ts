/** Keywords about arrays. */
import type { Draft } from '../../api/schema/json.ts';
import type { Ref } from '../document.ts';
import { isList, isMapping } from './node.ts';
import type { Convert, Run } from './run.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** Converts `items`, `prefixItems` and their like into `draft`. */
export function readArrayKeywords(
  draft: Draft,
  node: Mapping,
  at: Ref,
  run: Run,
  convert: Convert,
): void {
  const { items } = node;
  if (isList(items)) {
    readTuple(draft, 'items', items, at, run, convert);
    readRest(draft, 'additionalItems', node, at, run, convert);
  } else {
    if (isList(node['prefixItems'])) {
      readTuple(draft, 'prefixItems', node['prefixItems'], at, run, convert);
    }
    readRest(draft, 'items', node, at, run, convert);
  }
  if (isMapping(node['contains'])) {
    draft['contains'] = convert(run.resolver.child(at, 'contains'), run).schema;
  }
  if (typeof node['unevaluatedItems'] === 'boolean') {
    draft['unevaluatedItems'] = node['unevaluatedItems'];
  }
  if (node['uniqueItems'] === true) draft['uniqueItems'] = true;
}

function readTuple(
  draft: Draft,
  keyword: string,
  list: readonly unknown[],
  at: Ref,
  run: Run,
  convert: Convert,
): void {
  if (list.length === 0) return;
  draft['prefixItems'] = list.map(
    (_, i) => convert(run.resolver.child(at, keyword, String(i)), run).schema,
  );
}

/** The schema of all further items; `false` stays what it is. */
function readRest(
  draft: Draft,
  keyword: string,
  node: Mapping,
  at: Ref,
  run: Run,
  convert: Convert,
): void {
  const value = node[keyword];
  if (value === undefined || value === true || value === null) return;
  if (value === false) draft['items'] = draft['prefixItems'] === undefined ? {} : false;
  else draft['items'] = convert(run.resolver.child(at, keyword), run).schema;
}
