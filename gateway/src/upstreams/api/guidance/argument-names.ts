/** The names that an API uses for its inputs, as the model knows them. */
import { below } from '../arguments/problem.ts';
import type { ArgumentPlan } from '../model.ts';

/** Words that APIs put in front to say where an input stands. */
const PLACES: ReadonlySet<string> = new Set([
  ...'body query path header headers cookie params form formdata payload request input'.split(' '),
  '$',
  '#',
]);

/**
 * @param wire as the API names it: `name`, `/items/0/price`, `body.items[0].price`
 * @returns the place in the tool's arguments; what the API said where it is none of them
 */
export function argumentPlace(wire: string, plans: readonly ArgumentPlan[]): string {
  const steps = stepsOf(wire);
  for (const from of [0, 1]) {
    if (from === 1 && !PLACES.has(fold(steps[0] ?? ''))) break;
    const place = placeAmong(steps.slice(from), plans);
    if (place !== undefined) return place;
  }
  return steps.slice(0, 12).reduce((place, step) => below(place, keyOf(step)), '');
}

function placeAmong(steps: readonly string[], plans: readonly ArgumentPlan[]): string | undefined {
  let best: { readonly plan: ArgumentPlan; readonly length: number } | undefined;
  for (const plan of plans) {
    const own = stepsOf(plan.wire);
    if (own.length === 0 || own.length > steps.length) continue;
    const isPrefix = own.every((step, at) => fold(step) === fold(steps[at] ?? ''));
    if (isPrefix && own.length > (best?.length ?? 0)) best = { plan, length: own.length };
  }
  if (best !== undefined) return inside(best.plan.name, steps.slice(best.length));
  const body = plans.find(({ location }) => location === 'body');
  return body === undefined || steps.length === 0 ? undefined : inside(body.name, steps);
}

function inside(name: string, steps: readonly string[]): string {
  return steps.slice(0, 12).reduce((place, step) => below(place, keyOf(step)), name);
}

function stepsOf(wire: string): string[] {
  const isPointer = /^#?\//.test(wire);
  const parts = isPointer
    ? wire.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : wire.split(/[./[\]]+/);
  return parts.filter((part) => part !== '' && part !== '#');
}

function keyOf(step: string): string | number {
  return /^\d{1,9}$/.test(step) ? Number(step) : step;
}

/** APIs tell of `firstName` what their documents call `first_name`. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}
