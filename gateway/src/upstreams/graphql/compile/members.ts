/** What is asked of a field that may be of several types. */
import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import { chosen, usable } from './leaves.ts';
import { shapeOf } from './output-shape.ts';

const MAX_MEMBERS = 8;
const MEMBER_LEAVES = 5;

export interface Picked {
  readonly text: string;
  readonly properties: JsonObject;
  readonly leaves: number;
}

export const NOTHING: Picked = { text: '', properties: {}, leaves: 0 };
export const TYPE_NAME = { type: 'string' };

/**
 * Some leaves of each type that it may be. Where two types give different things the same name, one
 * of them is asked for under another (GraphQL, section 5.3.2).
 * @param shared what all of them have and is asked for already
 */
export function pickMembers(
  schema: GraphQLSchema,
  type: Parameters<GraphQLSchema['getPossibleTypes']>[0],
  budget: number,
  shared: Picked,
): Picked {
  const names = new Map<string, string>(
    Object.keys(shared.properties).map((name) => [name, SHARED]),
  );
  const texts = ['__typename', shared.text];
  const properties: [string, JsonObject][] = [['__typename', TYPE_NAME]];
  let leaves = shared.leaves + 1;
  for (const member of schema.getPossibleTypes(type).slice(0, MAX_MEMBERS)) {
    const room = Math.min(MEMBER_LEAVES, budget - leaves);
    if (room <= 0) break;
    const own = leavesOf(member, room, names);
    if (own.length === 0) continue;
    const asked = own.map(({ field, as }) => (as === field.name ? as : `${as}: ${field.name}`));
    texts.push(`... on ${member.name} { ${asked.join(' ')} }`);
    properties.push(...own.map(({ field, as }): [string, JsonObject] => [as, shapeOf(field.type)]));
    leaves += own.length;
  }
  return {
    text: texts.filter((text) => text !== '').join(' '),
    properties: { ...shared.properties, ...Object.fromEntries(properties) },
    leaves,
  };
}

/** The type of a name that the members have in common. */
const SHARED = '';

interface Named {
  readonly field: GraphQLField;
  /** What the answer calls it. */
  readonly as: string;
}

function leavesOf(
  member: GraphQLObjectType,
  room: number,
  names: Map<string, string>,
): readonly Named[] {
  const open = usable(Object.values(member.getFields())).filter(
    ({ name }) => names.get(name) !== SHARED,
  );
  return chosen(open, room).flatMap((field): Named[] => {
    const type = String(field.type);
    const as = [field.name, `${field.name}_${member.name}`].find(
      (name) => (names.get(name) ?? type) === type,
    );
    if (as === undefined) return [];
    names.set(as, type);
    return [{ field, as }];
  });
}
