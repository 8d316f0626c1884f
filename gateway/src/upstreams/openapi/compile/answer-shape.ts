/** The shape of an answer: where its list stands, and where it says how to go on. */
import { bodyPointer } from './draft.ts';
import { hasType, propertiesOf, resolved } from './schema-session.ts';
import type { SchemaSession } from '../schema/index.ts';
import { isJsonArray, isJsonObject, type JsonObject, ownMember } from '../../../kernel/index.ts';

export interface AnswerShape {
  readonly root: JsonObject;
  readonly session: SchemaSession;
}

const MAX_DEPTH = 3;

/** Names that lists of items have, the likeliest first. */
const ITEMS = words(
  'items data results value values records entries list content rows result resources ' +
    'elements objects members hits response embedded collection',
);

/** Lists that stand beside the items and are none. */
const BESIDE =
  /^(?:errors?|warnings?|links?|messages?|facets?|aggregations?|meta|includes?|included|tags|fields|columns)$/;

/** Objects in which an answer tells about itself. */
const ABOUT =
  /^(?:meta|metadata|links?|paging|pagination|pageinfo|page|cursors?|responsemetadata|next|listmeta|info|response|result|data|pager|resultinfo)$/;

/** A list of names, the likeliest first. */
export function words(text: string): readonly string[] {
  return text.split(' ');
}

/** Letters and digits of a name in lower case. */
export function wordOfName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** @returns a pointer to the list, '' where the answer itself is one; undefined where there is none */
export function findItems(shape: AnswerShape): string | undefined {
  const root = resolved(shape.root, shape.session);
  return hasType(root, 'array') ? '' : itemsIn(root, shape.session, 0);
}

function itemsIn(schema: JsonObject, session: SchemaSession, depth: number): string | undefined {
  const members = merged(schema, session).map(
    ([name, value]) => [name, resolved(value, session)] as const,
  );
  const lists = members.filter(
    ([name, value]) => hasType(value, 'array') && !BESIDE.test(wordOfName(name)),
  );
  const named = ITEMS.map((word) => lists.find(([name]) => wordOfName(name) === word));
  const list = named.find((one) => one !== undefined) ?? onlyOne(lists, session);
  if (list !== undefined) return bodyPointer(list[0]);
  if (depth + 1 >= MAX_DEPTH) return undefined;
  for (const word of ITEMS) {
    const inner = members.find(
      ([name, value]) => wordOfName(name) === word && !hasType(value, 'array'),
    );
    const found = inner === undefined ? undefined : itemsIn(inner[1], session, depth + 1);
    if (inner !== undefined && found !== undefined) return bodyPointer(inner[0]) + found;
  }
  return undefined;
}

type Member = readonly [name: string, schema: JsonObject];

/** The one list there is; of several, the one list of objects. */
function onlyOne(lists: readonly Member[], session: SchemaSession): Member | undefined {
  if (lists.length <= 1) return lists[0];
  const ofObjects = lists.filter(([, list]) =>
    hasType(resolved(ownMember(list, 'items'), session), 'object'),
  );
  return ofObjects.length === 1 ? ofObjects[0] : undefined;
}

/**
 * Looks for a value by its name, also inside the objects in which answers tell about themselves.
 * @param words as `wordOfName` makes them, the best first
 * @returns its pointer
 */
export function findLeaf(
  shape: AnswerShape,
  words: readonly string[],
  fits: (schema: JsonObject) => boolean,
): string | undefined {
  const leaves: { readonly word: string; readonly pointer: string }[] = [];
  const walk = (schema: JsonObject, pointer: string, word: string, depth: number): void => {
    for (const [name, value] of merged(schema, shape.session)) {
      const inner = resolved(value, shape.session);
      const at = pointer + bodyPointer(name);
      const own = wordOfName(name);
      const isAbout = ABOUT.test(own) && merged(inner, shape.session).length > 0;
      if (isAbout && depth < MAX_DEPTH) walk(inner, at, own, depth + 1);
      else if (fits(inner)) {
        leaves.push({ word: own, pointer: at });
        // `links.next.href` and `paging.next.after` are what `next` is elsewhere.
        if (word === 'next' && (own === 'href' || own === 'url'))
          leaves.push({ word, pointer: at });
      }
    }
  };
  walk(resolved(shape.root, shape.session), '', '', 0);
  for (const word of words) {
    const found = leaves.find((leaf) => leaf.word === word);
    if (found !== undefined) return found.pointer;
  }
  return undefined;
}

/** Members of a schema and of what it is composed of. */
function merged(schema: JsonObject, session: SchemaSession, depth = 0): [string, JsonObject][] {
  const own = Object.entries(propertiesOf(schema)).flatMap(
    ([name, value]): [string, JsonObject][] => (isJsonObject(value) ? [[name, value]] : []),
  );
  const parts = ownMember(schema, 'allOf');
  if (depth > MAX_DEPTH || !isJsonArray(parts)) return own;
  return [...own, ...parts.flatMap((part) => merged(resolved(part, session), session, depth + 1))];
}
