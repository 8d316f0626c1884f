/** What authors say about an operation as a tool, in our extension and in those of others. */
import type { Node } from '../document.ts';
import { isFalse, isMapping, isTrue, memberOf, textOf, textsOf } from '../source/node.ts';

export interface Curation {
  /** '' where nothing is said. */
  readonly name: string;
  /** The same where our own extension gives it: taken as it is. */
  readonly exactName: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Why it becomes no tool; '' where it does. */
  readonly exclusion: string;
  readonly isReadOnly: boolean | undefined;
  readonly isDestructive: boolean | undefined;
  readonly isIdempotent: boolean | undefined;
}

const NONE: Curation = {
  name: '',
  exactName: '',
  title: '',
  description: '',
  tags: [],
  exclusion: '',
  isReadOnly: undefined,
  isDestructive: undefined,
  isIdempotent: undefined,
};

/** @param nodes the operation, its path items and the document, the nearest first */
export function curationOf(nodes: readonly Node[]): Curation {
  if (!nodes.some(hasExtension)) return NONE;
  const operation = nodes[0];
  const own = memberOf(operation, 'x-mcp');
  const foreign = ['x-speakeasy-mcp', 'x-gram'].map((name) => memberOf(operation, name));
  const sayings = [own, ...foreign];
  const visibility = textOf(memberOf(operation, 'x-ms-visibility'));
  const hints = memberOf(own, 'annotations');
  return {
    name: firstText(sayings, 'name'),
    exactName: textOf(memberOf(own, 'name')),
    title: textOf(memberOf(own, 'title')),
    description: firstText(sayings, 'description'),
    tags: [...textsOf(memberOf(own, 'tags')), ...(visibility === 'internal' ? ['internal'] : [])],
    exclusion: exclusionOf(nodes, foreign),
    isReadOnly: flag(hints, 'readOnlyHint'),
    isDestructive: flag(hints, 'destructiveHint') ?? consequence(operation),
    isIdempotent: flag(hints, 'idempotentHint'),
  };
}

function hasExtension(node: Node): boolean {
  return isMapping(node) && Object.keys(node).some((key) => key.startsWith('x-'));
}

/** `x-openai-isConsequential` says whether a person has to be asked first. */
function consequence(operation: Node): boolean | undefined {
  return flag(operation, 'x-openai-isConsequential');
}

function exclusionOf(nodes: readonly Node[], foreign: readonly Node[]): string {
  // The nearest that says anything decides: one operation of an excluded document may be let in.
  const said = nodes.map((node) => memberOf(node, 'x-mcp')).find((node) => isDecision(node));
  if (said !== undefined) {
    return isFalse(said) || isTrue(memberOf(said, 'exclude')) ? 'x-mcp leaves it out.' : '';
  }
  const isDisabled = foreign.some((node) => isFalse(node) || isTrue(memberOf(node, 'disabled')));
  if (isDisabled) return 'Its author disabled it as a tool.';
  const isInternal = nodes.slice(0, -1).some((node) => isTrue(memberOf(node, 'x-internal')));
  return isInternal ? 'It is marked as internal (x-internal).' : '';
}

function isDecision(node: Node): boolean {
  return typeof node === 'boolean' || memberOf(node, 'exclude') !== undefined;
}

function firstText(nodes: readonly Node[], key: string): string {
  for (const node of nodes) {
    const text = isMapping(node) ? textOf(memberOf(node, key)) : '';
    if (text !== '') return text;
  }
  return '';
}

function flag(node: Node, key: string): boolean | undefined {
  const value = memberOf(node, key);
  if (isTrue(value)) return true;
  return isFalse(value) ? false : undefined;
}
