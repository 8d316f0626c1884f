/** Looking into converted schemas. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import type { SchemaSession } from '../schema/index.ts';
import { referredName } from '../../api/schema/walk.ts';

/** A reference to a reference to a reference: longer chains are no schemas. */
const MAX_HOPS = 8;

/** The schema itself, or what it refers to. */
export function resolved(schema: Json | undefined, session: SchemaSession): JsonObject {
  let at = isJsonObject(schema) ? schema : {};
  for (let hop = 0; hop < MAX_HOPS && referredName(at) !== undefined; hop++)
    at = session.settle(at);
  return referredName(at) === undefined ? at : {};
}

/** Whether a value of this type is allowed; a schema without a type allows none of them for sure. */
export function hasType(schema: JsonObject, type: string): boolean {
  const types = schema['type'];
  return isJsonArray(types) ? types.includes(type) : types === type;
}

/** Its properties; {} where it has none. */
export function propertiesOf(schema: JsonObject): JsonObject {
  const properties = ownMember(schema, 'properties');
  return isJsonObject(properties) ? properties : {};
}

/** The only value that it allows; undefined where there are others. Null is no constant. */
export function constantOf(schema: JsonObject): Json | undefined {
  const value = ownMember(schema, 'const');
  const list = ownMember(schema, 'enum');
  const only = value ?? (isJsonArray(list) && list.length === 1 ? list[0] : undefined);
  return only === null ? undefined : only;
}

/** The schema with a description; what it says of itself stays where nothing better is known. */
export function described(schema: JsonObject, description: string): JsonObject {
  return description === '' ? schema : { ...schema, description };
}
