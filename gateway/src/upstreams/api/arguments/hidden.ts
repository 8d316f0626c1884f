/** Arguments that the gateway puts in and its callers are not shown: no answer speaks of them. */
import {
  isJsonObject,
  ownMember,
  type ItemBindings,
  type Json,
  type JsonObject,
} from '../../../kernel/index.ts';
import { below, type Problem } from './problem.ts';
import type { Example } from './text.ts';

/** Names of members from the root of the arguments. */
export type HiddenPath = readonly string[];

const NONE: readonly HiddenPath[] = [];

export const HIDDEN_MISFIT =
  'The gateway sets an argument that the API does not take so. Nothing that you send changes that; tell whoever runs the gateway.';

export function hiddenPaths(bindings: ItemBindings | undefined): readonly HiddenPath[] {
  if (bindings === undefined) return NONE;
  return bindings.all.filter(({ isHidden }) => isHidden).map(({ path }) => path);
}

/** Whether a place is, lies in, or holds what is hidden: then its value may not be repeated. */
export function touchesHidden(path: string, hidden: readonly HiddenPath[]): boolean {
  return hidden.some((keys) => {
    const place = keys.reduce((outer, key) => below(outer, key), '');
    return path === '' || isWithin(path, place) || isWithin(place, path);
  });
}

/** Problems that callers may read; where one is about what is hidden, that is all they are told. */
export function tellable(
  problems: readonly Problem[],
  hidden: readonly HiddenPath[],
): readonly Problem[] {
  return hidden.length === 0
    ? problems
    : problems.filter(({ path }) => !touchesHidden(path, hidden));
}

export function exampleWithout(
  example: Example | undefined,
  hidden: readonly HiddenPath[],
): Example | undefined {
  if (example === undefined || hidden.length === 0) return example;
  const strip = (values: JsonObject): JsonObject => hidden.reduce(without, values);
  return { arguments: strip(example.arguments), least: strip(example.least) };
}

function without(values: JsonObject, [key = '', ...rest]: HiddenPath): JsonObject {
  const value: Json | undefined = ownMember(values, key);
  if (value === undefined) return values;
  const others = Object.entries(values).filter(([name]) => name !== key);
  if (rest.length === 0 || !isJsonObject(value)) return Object.fromEntries(others);
  const inner = without(value, rest);
  const kept: [string, Json][] = Object.keys(inner).length === 0 ? [] : [[key, inner]];
  return Object.fromEntries([...others, ...kept]);
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
