/** An item with all that does not depend on who looks at it. */
import type { HeaderBinding, ItemBrief, ItemHints, ItemId, RawItem } from '../../kernel/index.ts';
import type { AppParts } from './apps.ts';
import { readBrief } from './brief.ts';
import { readDefinition, type DefinitionFault, type DefinitionParts } from './definition.ts';
import { readHints } from './hints.ts';
import type { TemplateMatcher } from './templates.ts';

/** What decides how an item's definition is read. */
export interface ItemShape {
  readonly id: ItemId;
  /** Member of the definition that holds the name. */
  readonly key: string;
  /** The URI belongs to another upstream, so it is shown wrapped. */
  readonly isWrapped: boolean;
  /** Which URIs a template stands for. */
  readonly matches: TemplateMatcher | undefined;
}

const NO_BINDINGS: readonly HeaderBinding[] = [];
const NO_NAMES: readonly string[] = [];

export class CatalogItem {
  readonly id: ItemId;
  readonly isWrapped: boolean;
  readonly matches: TemplateMatcher | undefined;
  readonly aliases: readonly string[];
  /** Member of the definition that holds the name. */
  readonly key: string;
  private raw: RawItem;
  private known: DefinitionParts | DefinitionFault | undefined = undefined;
  private shortly: ItemBrief | undefined;
  private said: ItemHints | undefined;

  constructor(raw: RawItem, { id, key, isWrapped, matches }: ItemShape) {
    this.id = id;
    this.isWrapped = isWrapped;
    this.matches = matches;
    this.aliases = raw.aliases ?? NO_NAMES;
    this.key = key;
    this.raw = raw;
    this.shortly = raw.brief;
  }

  /** Made on first use where the source is lazy. */
  get definition(): Buffer {
    return this.raw.definition;
  }

  /** Where the parts of the definition stand, or why it cannot be used; read on first use. */
  parts(): DefinitionParts | DefinitionFault {
    this.known ??= this.read();
    return this.known;
  }

  get headerBindings(): readonly HeaderBinding[] {
    const parts = this.parts();
    return 'code' in parts ? NO_BINDINGS : parts.headerBindings;
  }

  /** The brief is all that is known of it as long as nobody needs its definition. */
  get isBriefGiven(): boolean {
    return this.raw.brief !== undefined;
  }

  /** Lists for legacy callers put an object around its output schema. */
  get hasWrappedOutput(): boolean {
    const parts = this.parts();
    return !('code' in parts) && parts.wrappedOutput !== undefined;
  }

  /** What it says of pages; what is made on first use says nothing. */
  get app(): AppParts | undefined {
    if (this.id.kind !== 'tool' || this.raw.digest !== undefined) return undefined;
    const parts = this.parts();
    return 'code' in parts ? undefined : parts.app;
  }

  /** Its upstream carries it out as a task only. */
  get needsTask(): boolean {
    const parts = this.parts();
    return !('code' in parts) && parts.needsTask;
  }

  /** What a tool says of itself; undefined where it says nothing that can be read. */
  get hints(): ItemHints | undefined {
    if (this.id.kind !== 'tool') return undefined;
    this.said ??= 'code' in this.parts() ? undefined : readHints(this.definition);
    return this.said;
  }

  /** Title, one line and tags; from the definition only where the source did not give them. */
  get brief(): ItemBrief {
    this.shortly ??= readBrief(this.definition);
    return this.shortly;
  }

  /**
   * Takes another listing's item in the place of this one where both are the same. Without digests
   * that is a comparison of bytes.
   */
  becomes(raw: RawItem): boolean {
    const isSame =
      raw.digest === undefined && this.raw.digest === undefined
        ? this.raw.definition.equals(raw.definition)
        : this.raw.digest === raw.digest;
    // The source of the newer listing lives on; the older one may be closed.
    if (isSame) this.raw = raw;
    return isSame;
  }

  private read(): DefinitionParts | DefinitionFault {
    const { raw, id } = this;
    const definition = definitionOf(raw);
    if (definition.length === 0 && raw.digest !== undefined) {
      const text = raw.problem ?? 'No definition could be made of it.';
      return { code: 'definition_invalid', text };
    }
    return readDefinition(definition, id.name, this.key, id.kind === 'tool');
  }
}

/** One item that cannot be made must not cost the list of all others. */
function definitionOf(raw: RawItem): Buffer {
  try {
    return raw.definition;
  } catch {
    return Buffer.alloc(0);
  }
}
