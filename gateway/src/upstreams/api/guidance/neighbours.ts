/** Operations that help with another one, found by their paths. */
import type { Operation } from '../model.ts';

const PARAMETER = /^\{.*\}$|^:./;

/**
 * Operations that list what the path parameters of `operation` name, the nearest first:
 * for `/pets/{id}/toys/{toy}` those at `/pets/{id}/toys`, then at `/pets`.
 */
export function listersFor(operation: Operation, all: readonly Operation[]): readonly Operation[] {
  const segments = operation.place.split('/');
  const found: Operation[] = [];
  for (let at = segments.length - 1; at > 0; at--) {
    if (!PARAMETER.test(segments[at] ?? '')) continue;
    found.push(...readersAt(segments.slice(0, at).join('/'), operation, all));
  }
  return found;
}

/**
 * Operations that read what `operation` changes, the nearest first: for `/deals/{id}/stage` those
 * there, then at `/deals/{id}`, then at `/deals`.
 */
export function readersOf(operation: Operation, all: readonly Operation[]): readonly Operation[] {
  const segments = operation.place.split('/');
  const found: Operation[] = [];
  for (let at = segments.length; at > 0; at--) {
    const place = segments.slice(0, at).join('/');
    if (place !== '') found.push(...readersAt(place, operation, all));
  }
  return found;
}

function readersAt(
  place: string,
  operation: Operation,
  all: readonly Operation[],
): readonly Operation[] {
  const shape = shapeOf(place);
  return all.filter(
    (other) =>
      other !== operation && other.effects.effect === 'read' && shapeOf(other.place) === shape,
  );
}

/** A path without the names of its parameters, which differ between operations. */
function shapeOf(place: string): string {
  const segments = place.replace(/\/$/, '').split('/');
  return segments.map((segment) => (PARAMETER.test(segment) ? '{}' : segment)).join('/');
}
