/** Arguments for the schema of a gRPC tool: every property of a few levels, each value its own. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../../../gateway/src/kernel/index.ts';

export interface MadeArguments {
  readonly values: JsonObject;
  /** What the message must show of them in the text format. */
  readonly leaves: readonly string[];
}

const MAX_DEPTH = 5;
const MAX_LEAVES = 2000;

/** Which member of a choice is given. */
export type Choice = 'first' | 'last';

export function createArguments(root: JsonObject, choice: Choice): MadeArguments {
  const maker = new Maker(root, choice);
  const values = maker.object(root, 0);
  return { values, leaves: maker.leaves };
}

class Maker {
  readonly leaves: string[] = [];
  private readonly root: JsonObject;
  private readonly choice: Choice;
  private next = 1_000;

  constructor(root: JsonObject, choice: Choice) {
    this.root = root;
    this.choice = choice;
  }

  object(schema: JsonObject, depth: number): JsonObject {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    const required = isJsonArray(schema['required']) ? schema['required'] : [];
    const left = notChosen(schema['description'], this.choice);
    const made: Record<string, Json> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (!isJsonObject(property) || (left.has(name) && !required.includes(name))) continue;
      const isNeeded = required.includes(name);
      if (!isNeeded && (depth >= MAX_DEPTH || this.leaves.length > MAX_LEAVES)) continue;
      if (name === '@type') continue;
      made[name] = this.value(property, depth + 1);
    }
    return made;
  }

  private value(written: JsonObject, depth: number): Json {
    const schema = this.settled(written);
    const type = schema['type'];
    const types = isJsonArray(type) ? type : [type ?? ''];
    const values = schema['enum'];
    if (isJsonArray(values)) return values.at(-1) ?? null;
    if (types.includes('object')) return this.container(schema, depth);
    if (types.includes('array')) {
      const { items } = schema;
      return isJsonObject(items) && depth < MAX_DEPTH + 2 ? [this.value(items, depth + 1)] : [];
    }
    if (types.includes('boolean')) return true;
    if (types.includes('integer') || types.includes('number')) {
      const number = this.next++;
      this.leaves.push(String(number));
      return types.includes('string') ? String(number) : number;
    }
    if (types.includes('string')) return this.text(schema);
    return null;
  }

  private container(schema: JsonObject, depth: number): Json {
    const properties = schema['properties'];
    if (isJsonObject(properties) && Object.hasOwn(properties, '@type')) {
      // Shown as bytes where the set does not hold the type.
      const seconds = this.next++;
      return { '@type': 'type.googleapis.com/google.protobuf.Duration', value: `${seconds}s` };
    }
    const members = schema['additionalProperties'];
    if (isJsonObject(members)) {
      const words = wordsOf(schema['description']);
      const isNumber = words.includes('Keys are whole numbers.');
      const isBoolean = words.includes('Keys are true and false.');
      const key = isBoolean ? 'true' : isNumber ? '7' : 'key';
      return depth > MAX_DEPTH + 1 ? {} : { [key]: this.value(members, depth + 1) };
    }
    return this.object(schema, depth);
  }

  private text(schema: JsonObject): string {
    if (schema['format'] === 'date-time') return '2026-01-31T12:00:00Z';
    const number = this.next++;
    this.leaves.push(String(number));
    if (typeof schema['pattern'] === 'string' && schema['pattern'].includes('s$'))
      return `${number}s`;
    const words = wordsOf(schema['description']);
    if (schema['contentEncoding'] === 'base64' || words.includes('Base64.'))
      return Buffer.from(`b${number}`).toString('base64');
    return words.includes('lowerCamelCase') ? `field${number}` : `text ${number}`;
  }

  private settled(schema: JsonObject): JsonObject {
    const reference = schema['$ref'];
    const defs = this.root['$defs'];
    if (typeof reference !== 'string' || !isJsonObject(defs)) return schema;
    const found = defs[reference.slice('#/$defs/'.length)];
    return isJsonObject(found) ? found : schema;
  }
}

function wordsOf(description: Json | undefined): string {
  return typeof description === 'string' ? description : '';
}

/** `At most one of a, b.` */
function notChosen(description: Json | undefined, choice: Choice): ReadonlySet<string> {
  const rules = wordsOf(description).matchAll(/At most one of ([\w, ]+?)(?:, …)?\./g);
  const others = (names: string): string[] =>
    choice === 'first' ? names.split(', ').slice(1) : names.split(', ').slice(0, -1);
  return new Set([...rules].flatMap(([, names = '']) => others(names)));
}
