/** Items some of whose arguments are decided here: how they are shown, and what binds their calls. */
import {
  ROOT,
  addMembers,
  isJsonObject,
  itemBindings,
  ownMember,
  parseExact,
  replaceValue,
  scanJson,
  splice,
  stringifyExact,
  type ItemBindings,
  type JsonObject,
} from '../../kernel/index.ts';
import { boundPrompt, promptBindings, promptDeclares } from './bind-prompt.ts';
import { boundSchema, declares } from './bind-schema.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';
import { RewrittenItem } from './rewritten-item.ts';

/** An item for callers for whom arguments of it are bound. */
interface BoundItem {
  /** As lists, descriptions and searches show it. */
  readonly entry: Entry;
  /** What holds for its calls; undefined where it has none of these arguments. */
  readonly bindings: ItemBindings | undefined;
}

/** Remembers what was made of an item as long as the item and its bindings are. */
export class BoundItems {
  private readonly known = new WeakMap<Entry, WeakMap<ItemBindings, BoundItem>>();
  private forms = 0;

  /** Nothing of the item's definition is read until something is asked of what comes back. */
  of(entry: Entry, bindings: ItemBindings): BoundItem {
    let byBindings = this.known.get(entry);
    if (byBindings === undefined) {
      byBindings = new WeakMap();
      this.known.set(entry, byBindings);
    }
    let bound = byBindings.get(bindings);
    if (bound === undefined) {
      bound = new LazyBoundItem(entry, bindings, ++this.forms);
      byBindings.set(bindings, bound);
    }
    return bound;
  }
}

class LazyBoundItem implements BoundItem {
  readonly entry: Entry;
  private readonly base: Entry;
  private readonly given: ItemBindings;
  private definition: Buffer | undefined = undefined;
  private effective: ItemBindings | undefined = undefined;

  constructor(base: Entry, given: ItemBindings, form: number) {
    this.base = base;
    this.given = given;
    const source = new RewrittenItem(base.source, {
      definition: (of) => this.shown(of),
      brief: (brief) => brief,
    });
    this.entry = { ...base, source, form };
  }

  /** A pattern of many items means those that have such an argument. */
  get bindings(): ItemBindings | undefined {
    const of = this.base.source.definition;
    const isKnown = this.definition === of || this.definition?.equals(of) === true;
    if (!isKnown) this.effective = this.find(of);
    this.definition = of;
    return this.effective;
  }

  private find(of: Buffer): ItemBindings | undefined {
    const isPrompt = this.base.item.id.kind === 'prompt';
    const given = isPrompt ? promptBindings(this.given) : this.given;
    const definition = objectIn(of);
    const all = given.all.filter(({ isNamed, path }) => {
      // What cannot be read may take anything.
      if (isNamed || definition === undefined) return true;
      if (isPrompt) return promptDeclares(definition, path);
      return declares(schemaOf(definition), path);
    });
    if (all.length === 0) return undefined;
    return all.length === given.all.length ? given : itemBindings(all);
  }

  private shown(of: Buffer): Buffer | string {
    const { bindings } = this;
    const definition = objectIn(of);
    if (bindings === undefined || definition === undefined) return of;
    if (this.base.item.id.kind === 'prompt') {
      return withMember(of, 'arguments', stringifyExact(boundPrompt(definition, bindings)));
    }
    const schema = boundSchema(schemaOf(definition), bindings.root);
    return typeof schema === 'string'
      ? `An argument that is decided here cannot be shown: ${schema}.`
      : withMember(of, 'inputSchema', stringifyExact(schema));
  }
}

function schemaOf(definition: JsonObject): JsonObject {
  const schema = ownMember(definition, 'inputSchema');
  return isJsonObject(schema) ? schema : { type: 'object' };
}

function objectIn(definition: Buffer): JsonObject | undefined {
  if (definition.length === 0) return undefined;
  const value = parseExact(definition.toString());
  return isJsonObject(value) ? value : undefined;
}

/** Every other byte of the definition stays. */
function withMember(of: Buffer, key: string, text: string): Buffer | string {
  const view = scanJson(of, { maxDepth: 128, recordDepth: 1 });
  if ('fault' in view) return 'Its definition cannot be read.';
  const entry = view.member(ROOT, key);
  const edit =
    entry >= 0
      ? replaceValue(view, entry, text)
      : addMembers(view, ROOT, `${JSON.stringify(key)}:${text}`);
  return splice(of, [edit]);
}
