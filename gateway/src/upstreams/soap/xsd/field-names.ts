/** Gives the elements of a type the names of their properties. */
import type { ComplexShape, ElementShape, ParticleShape } from '../shape/shape.ts';
import { keyOf } from '../xml/element.ts';

/** The local name; elements of other namespaces that have the same one are numbered. */
export function fieldNames(shape: ComplexShape): void {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const element of elementsIn(shape.content)) {
    const key = keyOf(element);
    let name = names.get(key);
    if (name === undefined) {
      name = element.local === '__proto__' ? 'proto' : element.local;
      for (let turn = 2; taken.has(name); turn++) name = `${element.local}_${turn}`;
      taken.add(name);
      names.set(key, name);
    }
    element.name = name;
  }
}

function* elementsIn(particle: ParticleShape | null): Generator<ElementShape> {
  if (particle === null || particle.kind === 'any') return;
  if (particle.kind === 'element') yield particle;
  else for (const item of particle.items) yield* elementsIn(item);
}
