/** Literals of GraphQL as JSON. */
import { Kind, type ValueNode } from 'graphql';
import { parseExact, type Json } from '../../../kernel/index.ts';

const MAX_DEPTH = 16;

/** @returns undefined where it cannot be written as JSON */
export function jsonOf(literal: ValueNode, depth = 0): Json | undefined {
  if (depth > MAX_DEPTH) return undefined;
  switch (literal.kind) {
    case Kind.NULL:
      return null;
    case Kind.BOOLEAN:
    case Kind.STRING:
    case Kind.ENUM:
      return literal.value;
    case Kind.INT:
    case Kind.FLOAT:
      return parseExact(literal.value);
    case Kind.LIST: {
      const items = literal.values.map((value) => jsonOf(value, depth + 1));
      const known = items.filter((item) => item !== undefined);
      return known.length === items.length ? known : undefined;
    }
    case Kind.OBJECT: {
      const members: [string, Json][] = [];
      for (const { name, value } of literal.fields) {
        const member = jsonOf(value, depth + 1);
        if (member === undefined) return undefined;
        members.push([name.value, member]);
      }
      return Object.fromEntries(members);
    }
    case Kind.VARIABLE:
      return undefined;
  }
}
