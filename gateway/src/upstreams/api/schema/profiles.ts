/** Schemas said in the dialects that a listing may be asked in. */
import { isJsonObject, type JsonObject } from '../../../kernel/index.ts';
import { defaultProfile } from './default-profile.ts';
import { mapDefinitions, pruneDefinitions } from './definitions.ts';
import { gemini } from './gemini.ts';
import { inlineReferences } from './inline.ts';
import { omit } from './json.ts';
import { openaiStrict } from './openai-strict.ts';
import type { Profile } from './profile-names.ts';
import { objectRoot } from './root.ts';
import { mergeUnions } from './unions.ts';

/** A schema in a dialect. */
export interface Profiled {
  readonly schema: JsonObject;
  /** What the dialect could not say, each thing once, in words for an operator. */
  readonly notes: readonly string[];
}

/**
 * Says the schema of a tool's arguments in a dialect. The input is not changed, and the same input
 * always gives the same output. Except for `openai-strict`, where null stands for an argument that
 * is not given, every value that `root` takes is taken still.
 */
export function toProfile(root: JsonObject, profile: Profile): Profiled {
  const notes = new Set<string>();
  const schema = write(root, profile, notes);
  return { schema, notes: [...notes] };
}

function write(root: JsonObject, profile: Profile, notes: Set<string>): JsonObject {
  if (profile === 'strict-2020') return pruneDefinitions(objectRoot(omit(root, '$schema')));
  const plain = defaultProfile(root);
  switch (profile) {
    case 'default':
      return plain;
    case 'no-refs':
      return inlineReferences(plain, notes);
    case 'no-unions':
      return pruneDefinitions(mergeUnions(plain, notes));
    case 'openai-strict':
      return strictRoot(plain, notes);
    case 'gemini':
      return gemini(inlineReferences(plain, notes), notes);
  }
}

function strictRoot(plain: JsonObject, notes: Set<string>): JsonObject {
  const { $defs, ...own } = plain;
  const closed = { properties: {}, required: [], additionalProperties: false };
  const { properties } = own;
  const isEmpty = !isJsonObject(properties) || Object.keys(properties).length === 0;
  const root: JsonObject = isEmpty ? { type: 'object', ...closed } : openaiStrict(own, notes);
  if ($defs === undefined) return root;
  return pruneDefinitions(
    mapDefinitions({ ...root, $defs }, new WeakMap(), (it) => openaiStrict(it, notes)),
  );
}
