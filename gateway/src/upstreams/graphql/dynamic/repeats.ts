/** What makes checking or running a document dear although it asks for little. */
import { Kind, type DirectiveNode, type DocumentNode, type SelectionSetNode } from 'graphql';

const MAX_DIRECTIVES = 50;
const MAX_FRAGMENTS = 50;
/** Selections that ask again for what is asked for beside them; merging them takes pairs of them. */
const MAX_REPEATS = 30;

interface Count {
  directives: number;
  repeats: number;
}

/** @returns words where it says one thing too often, or has too many directives */
export function tooMuchRepeated({ definitions }: DocumentNode): string | undefined {
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  if (fragments > MAX_FRAGMENTS) {
    return `has ${fragments} fragments; ${MAX_FRAGMENTS} are allowed.`;
  }
  const count: Count = { directives: 0, repeats: 0 };
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION && node.kind !== Kind.FRAGMENT_DEFINITION) continue;
    countDirectives(node.directives, count);
    for (const variable of node.variableDefinitions ?? []) {
      countDirectives(variable.directives, count);
    }
    countSet(node.selectionSet, new Set(), count);
  }
  if (count.directives > MAX_DIRECTIVES) {
    return `has ${count.directives} directives; ${MAX_DIRECTIVES} are allowed.`;
  }
  return count.repeats > MAX_REPEATS
    ? `asks for the same things ${count.repeats} times over; ${MAX_REPEATS} are allowed. Ask for each once.`
    : undefined;
}

/** @param known names that are asked for on this level */
function countSet({ selections }: SelectionSetNode, known: Set<string>, count: Count): void {
  for (const one of selections) {
    countDirectives(one.directives, count);
    if (one.kind === Kind.INLINE_FRAGMENT) {
      countSet(one.selectionSet, known, count);
      continue;
    }
    const isField = one.kind === Kind.FIELD;
    const name = isField ? (one.alias ?? one.name).value : `...${one.name.value}`;
    if (known.has(name)) count.repeats += 1;
    known.add(name);
    if (isField && one.selectionSet !== undefined) countSet(one.selectionSet, new Set(), count);
  }
}

function countDirectives(directives: readonly DirectiveNode[] | undefined, count: Count): void {
  count.directives += directives?.length ?? 0;
}
