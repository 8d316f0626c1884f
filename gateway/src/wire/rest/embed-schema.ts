/**
 * Putting a tool's JSON Schema into an OpenAPI document. It stays byte for byte as it is; only where
 * it refers to something by `$ref`, an `$id` of its own makes it a schema resource, so that `#/…`
 * means a place in the schema and not one in the document (OpenAPI 3.1, section 4.8.24.3; JSON
 * Schema 2020-12 core, section 8.2.1).
 */
import { addMembers, replaceValue, splice, type Edit, type JsonView } from '../../kernel/index.ts';

/** Also as it looks with the dollar sign escaped. */
const REFERENCE = /"(?:\$|\\u0024)(?:ref|dynamicRef)"/;

export class SchemaEmbedder {
  private readonly given = new Set<string>();

  /**
   * @param entry the schema; its members are noted in the view
   * @param id absolute URI that no other schema of the document has
   * @returns JSON text; `{}`, which allows everything, where there is no schema
   */
  embed(view: JsonView, entry: number, id: string): string {
    if (entry < 0) return '{}';
    const raw = view.raw(entry);
    if (view.kind(entry) !== 'object') return raw;
    const edit = this.edit(view, entry, raw, id);
    if (edit === undefined) return raw;
    return splice(view.bytes, [edit], view.start(entry), view.end(entry)).toString('utf8');
  }

  private edit(view: JsonView, entry: number, raw: string, id: string): Edit | undefined {
    const own = view.member(entry, '$id');
    const ownId = view.string(own);
    if (ownId !== undefined && !this.given.has(ownId)) {
      this.given.add(ownId);
      return undefined;
    }
    // Two schemas under one identifier have no meaning: the later one gets another.
    if (own >= 0) return replaceValue(view, own, JSON.stringify(id));
    return REFERENCE.test(raw) ? addMembers(view, entry, `"$id":${JSON.stringify(id)}`) : undefined;
  }
}
