/** Which fields of a type can be asked for, and which of them tell most. */
import { getNamedType, isLeafType, isRequiredArgument, type GraphQLField } from 'graphql';

export type Fields = readonly GraphQLField[];

/** Names that tell most of an object in the fewest words, the best first. */
const TELLING =
  /^(?:id|_id|.*Id|key|slug|code|name|.*Name|title|label|login|email|number|message|field|status|state|type|url|amount|value|total)$/;

/** Those that need no argument and are not deprecated. */
export function usable(fields: Fields): Fields {
  return fields.filter(
    ({ args, deprecationReason }) =>
      (deprecationReason ?? null) === null && !args.some((arg) => isRequiredArgument(arg)),
  );
}

/** Leaves, those first that tell most where not all have room. */
export function chosen(fields: Fields, room: number): Fields {
  const leaves = fields.filter(({ type }) => isLeafType(getNamedType(type)));
  if (leaves.length <= room) return leaves;
  const telling = leaves.filter(({ name }) => TELLING.test(name));
  const others = leaves.filter(({ name }) => !TELLING.test(name));
  const kept = new Set([...telling, ...others].slice(0, Math.max(0, room)));
  return leaves.filter((field) => kept.has(field));
}
