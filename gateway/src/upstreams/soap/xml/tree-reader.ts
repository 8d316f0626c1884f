/** Builds trees of what the parser says, within bounds. */
import { SaxesParser } from 'saxes';
import { XSI } from '../wsdl/namespaces.ts';
import type { XmlAttribute, XmlElement } from './element.ts';
import { declarationFault, Scope, XMLNS_URI } from './scope.ts';

export interface XmlLimits {
  readonly maxDepth: number;
  readonly maxElements: number;
  /** Of one element. */
  readonly maxAttributes: number;
  /** Of one attribute's value. */
  readonly maxAttributeChars: number;
  /** Whether lines are counted, which takes time. */
  readonly countsLines?: boolean;
  /** Whether prefixes that nothing declares are taken for namespaces, as most readers do. */
  readonly takesLoosePrefixes?: boolean;
}

/** Ends the reading; `parse.ts` makes a value of it. */
export class Stopped extends Error {
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;

  constructor(text: string, line: number) {
    super(text);
    this.line = line;
  }
}

interface OpenElement extends XmlElement {
  readonly children: (XmlElement | string)[];
  readonly scope: Scope;
}

interface Written {
  readonly name: string;
  readonly value: string;
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = [];

/** May read one document after another, but none any more after it has thrown. */
export class TreeReader {
  private readonly limits: XmlLimits;
  private readonly clean: ((text: string) => string) | undefined;
  private readonly parser: SaxesParser<{ position: boolean }>;
  private readonly outside = new Scope(new Map(), undefined);
  private open: OpenElement[] = [];
  private top: OpenElement | undefined;
  private written: Written[] = [];
  private root: XmlElement | undefined;
  private elements = 0;

  /** @param clean takes secrets out of texts and values, which entities may have hidden */
  constructor(limits: XmlLimits, clean?: (text: string) => string) {
    this.limits = limits;
    this.clean = clean;
    const parser = new SaxesParser<{ position: boolean }>({
      position: limits.countsLines === true,
    });
    this.parser = parser;
    parser.on('error', ({ message }) => this.stop(plainError(message)));
    parser.on('doctype', () =>
      this.stop('it has a document type (DTD), which is refused because of the entities in it'),
    );
    parser.on('attribute', (attribute) => this.attribute(attribute));
    parser.on('opentag', ({ name }) => this.begin(name));
    parser.on('closetag', () => this.end());
    parser.on('text', (chars) => this.text(chars));
    parser.on('cdata', (chars) => this.text(chars));
  }

  write(text: string): void {
    this.parser.write(text);
  }

  /** @returns the whole tree of what was written since the last time */
  finish(): XmlElement {
    this.parser.close();
    const { root } = this;
    if (root === undefined) return this.stop('it has no element');
    this.root = undefined;
    this.elements = 0;
    return root;
  }

  private attribute(attribute: Written): void {
    const { maxAttributes, maxAttributeChars } = this.limits;
    if (attribute.value.length > maxAttributeChars) this.stop('an attribute is too long');
    if (this.written.push(attribute) > maxAttributes) {
      this.stop('an element has too many attributes');
    }
  }

  private begin(name: string): void {
    const { maxDepth, maxElements } = this.limits;
    if (this.open.length >= maxDepth) this.stop(`it is nested more than ${maxDepth} levels deep`);
    if (++this.elements > maxElements) this.stop(`it has more than ${maxElements} elements`);
    const outer = this.top?.scope ?? this.outside;
    const hasAttributes = this.written.length > 0;
    const scope = hasAttributes ? this.scopeWithin(outer) : outer;
    const attributes = hasAttributes ? this.attributes(scope) : NO_ATTRIBUTES;
    const colon = name.indexOf(':');
    const local = colon < 0 ? name : this.localOf(name, colon);
    const uri = this.uriOf(colon < 0 ? '' : name.slice(0, colon), scope);
    const element = { local, uri, attributes, children: [], scope, line: this.parser.line };
    this.open.push(element);
    this.top = element;
  }

  private scopeWithin(outer: Scope): Scope {
    let own: Map<string, string> | undefined;
    for (const { name, value } of this.written) {
      if (!name.startsWith('xmlns')) continue;
      const prefix = name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : undefined;
      if (prefix === undefined) continue;
      const fault = declarationFault(prefix, value.trim());
      if (fault !== undefined) this.stop(fault);
      // Many servers declare again on every element what is known anyway.
      if (outer.uriOf(prefix) === value.trim()) continue;
      own ??= new Map();
      own.set(prefix, value.trim());
    }
    return own === undefined ? outer : new Scope(own, outer);
  }

  private attributes(scope: Scope): readonly XmlAttribute[] {
    const found: XmlAttribute[] = [];
    const { written, clean } = this;
    this.written = [];
    for (const { name, value } of written) {
      const colon = name.indexOf(':');
      const prefix = colon < 0 ? '' : name.slice(0, colon);
      if (name === 'xmlns' || prefix === 'xmlns') continue;
      const local = colon < 0 ? name : this.localOf(name, colon);
      const uri = colon < 0 ? '' : this.uriOf(prefix, scope);
      // Two prefixes may mean one namespace; equal names are the parser's business.
      if (uri !== '' && found.some((one) => one.local === local && one.uri === uri)) {
        this.stop(`an element has the attribute "${local}" twice`);
      }
      found.push({ local, uri, value: clean === undefined ? value : clean(value) });
    }
    return found;
  }

  private localOf(name: string, colon: number): string {
    const local = name.slice(colon + 1);
    if (colon === 0 || local === '' || local.includes(':')) {
      this.stop(`malformed name: ${name.slice(0, 100)}`);
    }
    return local;
  }

  private uriOf(prefix: string, scope: Scope): string {
    const uri = scope.uriOf(prefix);
    if (uri !== undefined) return uri;
    if (prefix === 'xmlns') return XMLNS_URI;
    if (this.limits.takesLoosePrefixes !== true) {
      this.stop(`the prefix "${prefix.slice(0, 100)}" is not declared`);
    }
    return prefix === 'xsi' ? XSI : '';
  }

  private end(): void {
    const element = this.open.pop();
    if (element === undefined) return;
    this.top = this.open.at(-1);
    if (this.top === undefined) this.root = element;
    else this.top.children.push(element);
  }

  private text(chars: string): void {
    if (chars === '' || this.top === undefined) return;
    this.top.children.push(this.clean === undefined ? chars : this.clean(chars));
  }

  private stop(text: string): never {
    throw new Stopped(text, this.parser.line);
  }
}

/** The parser puts the place before its words. */
function plainError(message: string): string {
  return message
    .replace(/^\d+:\d+: /, '')
    .replace(/\.$/, '')
    .slice(0, 300);
}
