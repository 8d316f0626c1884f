/** How much a check may cost, whatever the schema, its patterns and the values are. */

/** What is left of it for the check under way; counted in looks of a pattern's state at a character. */
export interface Effort {
  left: number;
}

/** A tenth of a second of a slow processor. */
const MAX_EFFORT = 2_000_000;

export function newEffort(): Effort {
  return { left: MAX_EFFORT };
}

/** Begins a check anew. */
export function renew(effort: Effort): void {
  effort.left = MAX_EFFORT;
}

/** @returns false where there is not so much left; then what was to be looked at is not judged */
export function spend(effort: Effort, cost: number): boolean {
  if (effort.left < cost) return false;
  effort.left -= cost;
  return true;
}
