/** Writes groups where there is something to choose or to repeat. */
import type { Json } from '../../../kernel/index.ts';
import {
  ANY,
  type AnyShape,
  type ElementShape,
  type GroupShape,
  type ParticleShape,
} from '../shape/shape.ts';
import { writeValues } from './element-values.ts';
import { rawElement } from './raw-text.ts';
import type { WriteElement, Writing } from './writing.ts';

/** Values that are still to be written, by the names of their properties. */
export type Left = Map<string, Json[]>;

export interface GroupTask {
  readonly left: Left;
  readonly writing: Writing;
  readonly writerOf: (shape: ElementShape) => WriteElement;
}

/** Takes out of `left` what it writes. */
export function writeGroup(group: GroupShape, task: GroupTask): string {
  let written = '';
  for (let turn = 0; group.max < 0 || turn < group.max; turn++) {
    const isNeeded = turn < group.min;
    if (!isNeeded && !hasAny(group, task.left)) break;
    written += group.kind === 'choice' ? chosen(group, task) : all(group, task);
    if (task.writing.problem !== undefined) break;
    // Needed turns that take nothing are all alike.
    if (isNeeded && !hasAny(group, task.left)) break;
  }
  return written;
}

function all({ items }: GroupShape, task: GroupTask): string {
  let written = '';
  for (const item of items) written += writeParticle(item, task);
  return written;
}

function chosen({ items }: GroupShape, task: GroupTask): string {
  const { left, writing } = task;
  const taken =
    items.find((item) => isComplete(item, left)) ?? items.find((item) => hasAny(item, left));
  if (taken !== undefined) return writeParticle(taken, task);
  if (items.some((item) => !needsAny(item))) return '';
  const names = items.flatMap(namesIn).slice(0, 20);
  return writing.fail(`one of ${names.join(', ')} must be given.`, names[0]);
}

function writeParticle(item: ParticleShape, task: GroupTask): string {
  if (item.kind === 'any') return others(item, task);
  if (item.kind !== 'element') return writeGroup(item, task);
  const values = task.left.get(item.name) ?? [];
  const count = item.max < 0 ? values.length : Math.min(values.length, item.max);
  return writeValues(item, values.splice(0, count), task.writerOf(item), task.writing);
}

function others(shape: AnyShape, { left, writing }: GroupTask): string {
  const values = left.get(ANY) ?? [];
  const count = shape.max < 0 ? values.length : Math.min(values.length, shape.max);
  if (count < shape.min) return writing.fail('it is missing.', ANY);
  const taken = values.splice(0, count);
  return writing.within(ANY, () => taken.map((one) => rawElement(one, writing)).join(''));
}

function namesIn(item: ParticleShape): readonly string[] {
  if (item.kind === 'element') return [item.name];
  return item.kind === 'any' ? [ANY] : item.items.flatMap(namesIn);
}

function hasAny(item: ParticleShape, left: Left): boolean {
  if (item.kind === 'element') return (left.get(item.name)?.length ?? 0) > 0;
  if (item.kind === 'any') return (left.get(ANY)?.length ?? 0) > 0;
  return item.items.some((one) => hasAny(one, left));
}

function needsAny(item: ParticleShape): boolean {
  if (item.min === 0) return false;
  if (item.kind === 'element' || item.kind === 'any') return true;
  return item.kind === 'choice' ? item.items.every(needsAny) : item.items.some(needsAny);
}

/** Whether a way to choose has something, and all that it needs. */
function isComplete(item: ParticleShape, left: Left): boolean {
  if (!hasAny(item, left)) return false;
  if (item.kind === 'element' || item.kind === 'any') return true;
  if (item.kind === 'choice') return item.items.some((one) => isComplete(one, left));
  return item.items.every((one) => !needsAny(one) || hasAny(one, left));
}
