/** What a type says of its elements together: which of them exclude each other. */
import type { JsonObject } from '../../../kernel/index.ts';
import { ANY, type GroupShape, type ParticleShape } from './shape.ts';
import { isRealChoice } from './fields.ts';

const MAX_BRANCHES = 60;

/** Names that are needed together. */
type Branch = readonly string[];

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
  const branches = distinct(waysOf({ ...group, min: 1 }));
  if (branches.length > MAX_BRANCHES || branches.some((names) => names.length === 0)) return;
  const required = branches.map((names): JsonObject => ({ required: [...names] }));
  // Where one way needs what another needs too, an object can fit both.
  const isExclusive = group.max === 1 && !branches.some((one) => hasPart(branches, one));
  rules.push(isExclusive ? { oneOf: required } : { anyOf: required });
}

function hasPart(branches: readonly Branch[], whole: Branch): boolean {
  return branches.some((one) => one !== whole && one.every((name) => whole.includes(name)));
}

/** For each way to fill a particle, what it needs; one without names where it may be left out. */
function waysOf(particle: ParticleShape): readonly Branch[] {
  const isOptional = particle.min === 0;
  if (particle.kind === 'any') return [isOptional ? [] : [ANY]];
  if (particle.kind === 'element') {
    return [isOptional || particle.fixed !== undefined ? [] : [particle.name]];
  }
  const ways = isRealChoice(particle)
    ? particle.items.flatMap(waysOf)
    : particle.items.map(waysOf).reduce<readonly Branch[]>(both, [[]]);
  return isOptional ? [[], ...ways] : ways.slice(0, MAX_BRANCHES + 1);
}

function both(a: readonly Branch[], b: readonly Branch[]): readonly Branch[] {
  const limit = MAX_BRANCHES + 1;
  return a.flatMap((one) => b.map((other) => [...new Set([...one, ...other])])).slice(0, limit);
}

function distinct(branches: readonly Branch[]): readonly Branch[] {
  return [...new Map(branches.map((names) => [names.toSorted().join(' '), names])).values()];
}
