/**
 * Item patterns of the configuration: `[kind:]<id>/<name>` over original names, split at the first
 * `/`; `*` matches anything, `/` included; no kind means all kinds; `*` alone means everything. What may be done to the gateway itself is
 * matched by patterns that begin with `admin:` and by no other.
 */
import { ADMIN_KIND, ITEM_KINDS, type ItemId, type ItemKind } from './ids.ts';

/** A compiled pattern. Matching is linear in the text: no backtracking engine is involved. */
export interface ItemPattern {
  readonly text: string;
  /** '' for all kinds. */
  readonly kind: ItemKind | '';
  /** Its parts as they were written, with their stars. */
  readonly upstream: string;
  readonly name: string;
  matches(id: ItemId): boolean;
}

/** @returns the compiled pattern, or a sentence that says what is wrong with it */
export function compilePattern(text: string): ItemPattern | string {
  if (text === '*') return { text, kind: '', upstream: '*', name: '*', matches: isOrdinary };
  const colon = text.indexOf(':');
  const slash = text.indexOf('/');
  const hasKind = colon >= 0 && (slash < 0 || colon < slash);
  const kind = hasKind ? text.slice(0, colon) : '';
  if (hasKind && !isItemKind(kind)) {
    return `"${kind}" is no kind of item; a pattern may begin with ${ITEM_KINDS.join(':, ')}: or with the upstream's id`;
  }
  const rest = hasKind ? text.slice(colon + 1) : text;
  const split = rest.indexOf('/');
  if (split <= 0) {
    return `"${text}" has no upstream; write <upstream id>/<name>, for example "${rest.replace('/', '') || 'crm'}/*"`;
  }
  const upstream = rest.slice(0, split);
  const name = rest.slice(split + 1);
  if (name === '') return `"${text}" names no item; write "${text}*" for all of them`;
  const upstreamGlob = compileGlob(upstream);
  const nameGlob = compileGlob(name);
  return {
    text,
    kind: isItemKind(kind) ? kind : '',
    upstream,
    name,
    matches: (id) =>
      (kind === '' ? isOrdinary(id) : id.kind === kind) &&
      upstreamGlob(id.upstream) &&
      nameGlob(id.name),
  };
}

function isItemKind(text: string): text is ItemKind {
  return text === ADMIN_KIND || ITEM_KINDS.some((kind) => kind === text);
}

function isOrdinary({ kind }: ItemId): boolean {
  return kind !== ADMIN_KIND;
}

/** Parts between stars must occur in order; the greedy leftmost search is exact for `*` alone. */
function compileGlob(glob: string): (text: string) => boolean {
  const parts = glob.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return (text) => text === first;
  const last = parts.at(-1) ?? '';
  const middle = parts.slice(1, -1).filter((part) => part !== '');
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let from = first.length;
    for (const part of middle) {
      const at = text.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}
