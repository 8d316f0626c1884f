/** An item as an endpoint, or some of its callers, are shown it: another definition, made when asked. */
import type { ItemBrief } from '../../kernel/index.ts';
import type { CatalogItem } from './catalog-item.ts';
import { readDefinition, type DefinitionFault, type DefinitionParts } from './definition.ts';

/** An item as lists, descriptions and searches read it. */
export type ItemSource = Pick<
  CatalogItem,
  | 'id'
  | 'isWrapped'
  | 'matches'
  | 'aliases'
  | 'definition'
  | 'parts'
  | 'headerBindings'
  | 'isBriefGiven'
  | 'hasWrappedOutput'
  | 'app'
  | 'needsTask'
  | 'hints'
  | 'brief'
> & {
  /** Member of the definition that holds the name. */
  readonly key: string;
};

/** What is shown in place of a definition. */
export interface Rewriting {
  /** @returns the other definition, or why it cannot be made, in words for any caller */
  definition(of: Buffer): Buffer | string;
  brief(of: ItemBrief): ItemBrief;
}

export class RewrittenItem implements ItemSource {
  private readonly base: ItemSource;
  private readonly rewriting: Rewriting;
  private readBase: Buffer | undefined = undefined;
  private made: Buffer | string = '';
  private known: DefinitionParts | DefinitionFault | undefined = undefined;

  constructor(base: ItemSource, rewriting: Rewriting) {
    this.base = base;
    this.rewriting = rewriting;
  }

  get id(): ItemSource['id'] {
    return this.base.id;
  }

  get key(): string {
    return this.base.key;
  }

  get isWrapped(): boolean {
    return this.base.isWrapped;
  }

  get matches(): ItemSource['matches'] {
    return this.base.matches;
  }

  get aliases(): readonly string[] {
    return this.base.aliases;
  }

  /** Empty where it cannot be made. */
  get definition(): Buffer {
    const made = this.make();
    return typeof made === 'string' ? NOTHING : made;
  }

  parts(): DefinitionParts | DefinitionFault {
    const base = this.base.parts();
    if ('code' in base) return base;
    const made = this.make();
    if (typeof made === 'string') return { code: 'definition_invalid', text: made };
    const { id, key } = this.base;
    this.known ??= readDefinition(made, id.name, key, id.kind === 'tool');
    return this.known;
  }

  get headerBindings(): ItemSource['headerBindings'] {
    return this.base.headerBindings;
  }

  get isBriefGiven(): boolean {
    return this.base.isBriefGiven;
  }

  get hasWrappedOutput(): boolean {
    return this.base.hasWrappedOutput;
  }

  get app(): ItemSource['app'] {
    if (this.base.app === undefined) return undefined;
    const parts = this.parts();
    return 'code' in parts ? undefined : parts.app;
  }

  get needsTask(): boolean {
    return this.base.needsTask;
  }

  get hints(): ItemSource['hints'] {
    return this.base.hints;
  }

  get brief(): ItemBrief {
    return this.rewriting.brief(this.base.brief);
  }

  /** Made anew where the source of the item was exchanged for an equal one. */
  private make(): Buffer | string {
    const of = this.base.definition;
    const isKnown = this.readBase === of || this.readBase?.equals(of) === true;
    if (!isKnown) {
      this.made = this.rewriting.definition(of);
      this.known = undefined;
    }
    this.readBase = of;
    return this.made;
  }
}

const NOTHING = Buffer.alloc(0);
