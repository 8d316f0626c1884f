/**
 * Putting a tool's JSON Schema into an OpenAPI document. It stays byte for byte as its upstream wrote
 * it, but for what it refers to in itself: `#/$defs/x` would mean a place in the document, so it is
 * written as the way from there to the same `$defs` (OpenAPI 3.1, relative references in URLs). An
 * `$id` of its own would mean the same, but most readers of OpenAPI documents do not look for one.
 */
import {
  ROOT,
  addMembers,
  removeMembers,
  replaceValue,
  scanJson,
  schemasUnder,
  splice,
  type Edit,
  type JsonView,
} from '../../kernel/index.ts';

/** Where an embedded schema stands. */
export interface Place {
  /** Pointer to it in the document, as a URI fragment with its `#`. */
  readonly pointer: string;
  /** Absolute URI that no other schema of the document has. */
  readonly id: string;
}

/** Keywords that name a place in a schema; also as they look with the dollar sign escaped. */
const OF_ITSELF = /"(?:\$|\\u0024)(?:ref|dynamicRef|anchor|dynamicAnchor)"/;

/** Keywords about names that hold within one schema resource, where a document has many. */
const ANCHORS: ReadonlySet<string> = new Set(['$anchor', '$dynamicAnchor', '$dynamicRef']);

export class SchemaEmbedder {
  private readonly given = new Set<string>();

  /**
   * @param entry the schema; its members are noted in the view
   * @returns JSON text; `{}`, which allows everything, where there is no schema
   */
  embed(view: JsonView, entry: number, place: Place): string {
    if (entry < 0) return '{}';
    const raw = view.raw(entry);
    if (view.kind(entry) !== 'object') return raw;
    const own = view.member(entry, '$id');
    if (OF_ITSELF.test(raw)) return this.referring(raw, place);
    // Two schemas under one identifier have no meaning: the later one gets another.
    if (own < 0 || this.isFirst(view.string(own) ?? '')) return raw;
    const edit = replaceValue(view, own, JSON.stringify(place.id));
    return splice(view.bytes, [edit], view.start(entry), view.end(entry)).toString('utf8');
  }

  private referring(raw: string, { pointer, id }: Place): string {
    const view = scanJson(Buffer.from(raw), WHOLE);
    if ('fault' in view) throw new Error(`a listed schema is no JSON: ${view.fault}`);
    const own = view.member(ROOT, '$id');
    const ownId = view.string(own) ?? '';
    const walk = new ReferenceWalk(view, pointer, ownId);
    walk.schema(ROOT);
    // Under its own identifier it would be another document, and the pointers would lead out of it.
    if (walk.isPlain) {
      const removal = own < 0 ? [] : removeMembers(view, ROOT, [own]);
      return splice(view.bytes, [...walk.edits, ...removal]).toString('utf8');
    }
    // Names of places must not meet those of other schemas.
    if (own >= 0 && this.isFirst(ownId)) return raw;
    const text = JSON.stringify(id);
    const edit = own < 0 ? addMembers(view, ROOT, `"$id":${text}`) : replaceValue(view, own, text);
    return splice(view.bytes, [edit]).toString('utf8');
  }

  private isFirst(id: string): boolean {
    if (this.given.has(id)) return false;
    this.given.add(id);
    return true;
  }
}

/** Deeper than any definition that the catalog lists. */
const WHOLE = { maxDepth: 256, recordDepth: 256 };

class ReferenceWalk {
  readonly edits: Edit[] = [];
  /** Only pointers are referred to, no anchors. */
  isPlain = true;
  private readonly view: JsonView;
  private readonly pointer: string;
  private readonly ownId: string;

  /** @param ownId identifier of the schema; '' where it has none */
  constructor(view: JsonView, pointer: string, ownId: string) {
    this.view = view;
    this.pointer = pointer;
    this.ownId = ownId;
  }

  schema(entry: number): void {
    const { view } = this;
    const kind = view.kind(entry);
    if (kind !== 'object' && kind !== 'array') return;
    // A schema under an identifier of its own refers to itself.
    if (entry !== ROOT && view.kind(view.member(entry, '$id')) === 'string') return;
    for (const child of view.children(entry)) {
      const key = view.key(child);
      if (key === '$ref') this.reference(child);
      else if (ANCHORS.has(key)) this.isPlain = false;
      else for (const part of schemasUnder(view, child)) this.schema(part);
    }
  }

  private reference(entry: number): void {
    const target = this.view.string(entry);
    const fragment = target === undefined ? undefined : this.fragmentOf(target);
    if (fragment === undefined) return;
    if (fragment !== '' && !fragment.startsWith('/')) this.isPlain = false;
    this.edits.push(replaceValue(this.view, entry, JSON.stringify(`${this.pointer}${fragment}`)));
  }

  /** What a reference means within this schema; undefined where it leads elsewhere. */
  private fragmentOf(target: string): string | undefined {
    if (target.startsWith('#')) return target.slice(1);
    const { ownId } = this;
    if (ownId === '') return undefined;
    if (target === ownId) return '';
    return target.startsWith(`${ownId}#`) ? target.slice(ownId.length + 1) : undefined;
  }
}
