/** What a type says of its elements together: which of them exclude each other. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { GroupShape, ParticleShape } from './shape.ts';
import { isRealChoice } from './fields.ts';

const MAX_BRANCHES = 60;

/** Rules for the object of a type, as parts of its schema; those that cannot be said are left out. */
export function choiceRules(content: GroupShape | null): readonly JsonObject[] {
  const rules: JsonObject[] = [];
  if (content !== null) gather(content, rules);
  return rules;
}

function gather(group: GroupShape, rules: JsonObject[]): void {
  if (group.min === 0) return;
  if (!isRealChoice(group)) {
    for (const item of group.items) if ('items' in item) gather(item, rules);
    return;
  }
  const branches = branchesOf(group);
  if (branches === undefined || branches.length > MAX_BRANCHES) return;
  const required = branches.map((names): JsonObject => ({ required: [...names] }));
  rules.push(group.max === 1 ? { oneOf: required } : { anyOf: required });
}

/** For each way to choose, what it needs; undefined where one of them needs nothing. */
function branchesOf(group: GroupShape): (readonly string[])[] | undefined {
  const branches: (readonly string[])[] = [];
  for (const item of group.items) {
    if (item.kind !== 'element' && item.kind !== 'any' && isRealChoice(item)) {
      const inner = item.min === 0 ? undefined : branchesOf(item);
      if (inner === undefined) return undefined;
      branches.push(...inner);
      continue;
    }
    const names = neededBy(item);
    if (names.length === 0) return undefined;
    branches.push(names);
  }
  const keys = branches.map((names) => names.join(' '));
  return new Set(keys).size === keys.length ? branches : undefined;
}

function neededBy(particle: ParticleShape): readonly string[] {
  if (particle.min === 0) return [];
  if (particle.kind === 'any') return ['#any'];
  if (particle.kind === 'element') return [particle.name];
  return isRealChoice(particle) ? [] : [...new Set(particle.items.flatMap(neededBy))];
}
