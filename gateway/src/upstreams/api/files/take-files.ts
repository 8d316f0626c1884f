/** The files among the arguments of one call, wherever in them they are given. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { below } from '../arguments/problem.ts';
import type { ArgumentPlan, FileValue } from '../model.ts';
import type { ArgumentFault, TakenFiles } from '../results/contract.ts';
import { readFile, type FileDeps } from './file-argument.ts';

/** Files of one call, however small. */
const MAX_FILES = 100;

/** One file as it was given. */
interface Given {
  /** `photos/0`. */
  readonly key: string;
  /** As callers are told: `photos[0]`. */
  readonly place: string;
  readonly value: Json;
}

/**
 * Resolves files to their bytes. Together they may be as large as two of the largest.
 * @returns the other arguments, with null for a file inside of one of them
 */
export async function takeFiles(
  plans: readonly ArgumentPlan[],
  values: JsonObject,
  deps: FileDeps,
): Promise<TakenFiles | ArgumentFault> {
  const given: Given[] = [];
  let rest = values;
  for (const { name, role, files: places = [] } of plans) {
    const value = ownMember(values, name) ?? null;
    if (value === null || (role !== 'file' && places.length === 0)) continue;
    if (role === 'file') {
      given.push({ key: name, place: name, value });
      rest = Object.fromEntries(Object.entries(rest).filter(([other]) => other !== name));
      continue;
    }
    let left: Json = value;
    for (const place of places) left = lift(left, place.split('/').slice(1), name, name, given);
    rest = { ...rest, [name]: left };
  }
  if (given.length > MAX_FILES) {
    const text = `The call has ${given.length} files; ${MAX_FILES} are allowed.`;
    return { kind: 'fault', argument: '', text };
  }
  return resolve(given, rest, deps);
}

async function resolve(
  given: readonly Given[],
  values: JsonObject,
  deps: FileDeps,
): Promise<TakenFiles | ArgumentFault> {
  const files = new Map<string, FileValue>();
  let left = deps.maxBytes * 2;
  for (const { key, place, value } of given) {
    const file = await readFile(value, { ...deps, maxBytes: Math.min(deps.maxBytes, left) });
    if (typeof file === 'string') {
      return { kind: 'fault', argument: place, text: `${place} ${file}` };
    }
    left -= file.bytes.length;
    files.set(key, file);
  }
  return { kind: 'taken', values, files };
}

/** Takes what lies at the steps out of a value, with null in its place. */
function lift(
  value: Json,
  steps: readonly string[],
  key: string,
  place: string,
  given: Given[],
): Json {
  if (value === null) return null;
  const [step, ...more] = steps;
  if (step === undefined) {
    given.push({ key, place, value });
    return null;
  }
  if (step === '*') {
    if (!isJsonArray(value)) return value;
    return value.map((item, at) => lift(item, more, `${key}/${at}`, below(place, at), given));
  }
  if (!isJsonObject(value)) return value;
  const inner = ownMember(value, step);
  if (inner === undefined) return value;
  return { ...value, [step]: lift(inner, more, `${key}/${step}`, below(place, step), given) };
}
