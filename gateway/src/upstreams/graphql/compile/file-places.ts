/** Where files are given: arguments, items of lists and fields of inputs that are an `Upload`. */
import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { isUpload } from './scalars.ts';

const MAX_PLACES = 20;
const MAX_DEPTH = 6;

/** Pointers from a value of the type; '' where it is a file itself, `/*` for each item of a list. */
export type FilePlaces = (type: GraphQLInputType) => readonly string[];

export function createFilePlaces(schema: GraphQLSchema): FilePlaces {
  const leading = typesWithFiles(schema);
  const walk = (
    type: GraphQLInputType,
    at: string,
    path: readonly string[],
    found: string[],
  ): void => {
    const bare = getNullableType(type);
    if (isListType(bare)) return walk(bare.ofType, `${at}/*`, path, found);
    if (found.length >= MAX_PLACES) return;
    if (isUpload(bare.name)) found.push(at);
    else if (isInputObjectType(bare) && leading.has(bare.name) && !path.includes(bare.name)) {
      if (path.length >= MAX_DEPTH) return;
      for (const field of Object.values(bare.getFields())) {
        walk(field.type, `${at}/${field.name}`, [...path, bare.name], found);
      }
    }
  };
  return (type) => {
    const found: string[] = [];
    walk(type, '', [], found);
    return found;
  };
}

/** Names of inputs that hold a file, or another one that does. */
function typesWithFiles(schema: GraphQLSchema): ReadonlySet<string> {
  const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type));
  const holders = new Map<string, string[]>();
  const waiting: string[] = [];
  for (const type of inputs) {
    for (const name of namesIn(type)) {
      if (isUpload(name)) waiting.push(type.name);
      else {
        const known = holders.get(name);
        if (known === undefined) holders.set(name, [type.name]);
        else known.push(type.name);
      }
    }
  }
  const leading = new Set<string>();
  for (const name of waiting) {
    if (leading.has(name)) continue;
    leading.add(name);
    waiting.push(...(holders.get(name) ?? []));
  }
  return leading;
}

function namesIn(type: GraphQLInputObjectType): ReadonlySet<string> {
  return new Set(Object.values(type.getFields()).map((field) => getNamedType(field.type).name));
}
