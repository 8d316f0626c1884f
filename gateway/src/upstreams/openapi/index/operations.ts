/** Makes the index of a document: every operation by what is said at its head. */
import { allocateNames, type NameWish } from '../../api/names.ts';
import { wordsOf } from '../../api/name-words.ts';
import type { AuthNeed, Operation, Skipped } from '../../api/model.ts';
import type { Node, Ref, Resolver } from '../document.ts';
import { compileFilter, type OperationFilter } from '../operation-filter.ts';
import { isTrue, memberOf, textOf, textsOf } from '../source/node.ts';
import { curationOf, type Curation } from './curation.ts';
import { effectsOf } from './effects.ts';
import { findOperations, type FoundOperation } from './find-operations.ts';
import { oneLine } from '../../api/words/one-line.ts';
import { authNeedOf } from './security.ts';
import { wantedName } from './wanted-name.ts';

export interface IndexOptions {
  readonly knownNames: ReadonlyMap<string, string>;
  readonly filter: OperationFilter;
  readonly maxOperations: number;
}

export interface OperationIndex {
  readonly operations: readonly Operation[];
  readonly found: ReadonlyMap<string, FoundOperation>;
  readonly skipped: readonly Skipped[];
  /** What an operation needs that says nothing itself. */
  readonly security: AuthNeed;
}

interface Candidate {
  readonly found: FoundOperation;
  readonly curation: Curation;
  /** What it wants to be called. */
  readonly words: readonly string[];
}

const MAX_TITLE = 80;

/** Names are given over the whole document, so that no filter changes them. */
export function indexOperations(
  resolver: Resolver,
  root: Ref,
  options: IndexOptions,
): OperationIndex {
  const { operations: all, skipped } = findOperations(resolver, root, options.maxOperations);
  const security = authNeedOf(memberOf(root.node, 'security')) ?? [];
  const candidates = all.map((found) => candidateOf(found, root.node));
  const wishes = candidates.map(({ found, words, curation }): NameWish => {
    return { key: found.key, words, exact: curation.exactName };
  });
  const names = allocateNames(wishes, options.knownNames);
  const isWanted = compileFilter(options.filter);
  const operations: Operation[] = [];
  const found = new Map<string, FoundOperation>();
  for (const candidate of candidates) {
    const { key, method, path, at } = candidate.found;
    const { exclusion } = candidate.curation;
    if (exclusion !== '') {
      skipped.push({ what: `${method} ${path}`, why: exclusion, at: resolver.place(at) });
      continue;
    }
    const { name = key, aliases = [] } = names.get(key) ?? {};
    const operation = operationOf(resolver, candidate, { name, aliases, security });
    if (!isWanted(operation)) continue;
    operations.push(operation);
    found.set(key, candidate.found);
  }
  return { operations, found, skipped, security };
}

function candidateOf(found: FoundOperation, root: Node): Candidate {
  const nodes = [found.at.node, ...found.pathItems.map((item) => item.node), root];
  const curation = curationOf(nodes);
  const own = textOf(memberOf(found.at.node, 'operationId'));
  const named = curation.name === '' ? own : curation.name;
  const words = named === '' ? [] : wordsOf(named);
  if (words.length > 0) return { found, curation, words };
  return { found, curation, words: wordsOf(wantedName(found.method, found.path)) };
}

interface Allotted {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly security: AuthNeed;
}

function operationOf(resolver: Resolver, candidate: Candidate, allotted: Allotted): Operation {
  const { found, curation, words } = candidate;
  const { node } = found.at;
  const { name, aliases, security } = allotted;
  const summary = summaryOf(found, curation, words);
  return {
    key: found.key,
    name,
    aliases,
    title: titleOf(node, curation, words),
    summary,
    tags: tagsOf(node, curation),
    isDeprecated: isTrue(memberOf(node, 'deprecated')),
    verb: found.method,
    place: found.path,
    effects: effectsOf(found.method, found.path, words[0] ?? '', curation),
    auth: authNeedOf(memberOf(node, 'security')) ?? security,
    at: resolver.place(found.at),
  };
}

function titleOf(node: Node, curation: Curation, words: readonly string[]): string {
  if (curation.title !== '') return oneLine(curation.title);
  const said = textOf(memberOf(node, 'x-ms-summary')) || textOf(memberOf(node, 'summary'));
  const line = oneLine(said);
  if (line !== '' && line.length <= MAX_TITLE) return line;
  return sentenceOf(words).slice(0, MAX_TITLE);
}

function sentenceOf(words: readonly string[]): string {
  const text = words.join(' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function tagsOf(node: Node, curation: Curation): readonly string[] {
  const own = textsOf(memberOf(node, 'tags'));
  if (own.length < 2 && curation.tags.length === 0) return own;
  return [...new Set([...own, ...curation.tags])];
}

function summaryOf(found: FoundOperation, curation: Curation, words: readonly string[]): string {
  const { node } = found.at;
  const said =
    oneLine(curation.description) ||
    oneLine(textOf(memberOf(node, 'summary'))) ||
    oneLine(textOf(memberOf(node, 'description')));
  if (said !== '') return said;
  for (const item of found.pathItems) {
    const line = oneLine(textOf(memberOf(item.node, 'summary')));
    if (line !== '') return line;
  }
  return oneLine(`${sentenceOf(words)}: ${found.method} ${found.path}`) || found.method;
}
