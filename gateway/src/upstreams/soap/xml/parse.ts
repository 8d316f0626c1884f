/** Reads XML to a tree within bounds. Document types are refused, so there are no entities. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { XSI } from '../wsdl/namespaces.ts';
import type { XmlAttribute, XmlElement, XmlScope } from './element.ts';

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

/** For descriptions. */
export const DOCUMENT_LIMITS: XmlLimits = {
  maxDepth: 200,
  maxElements: 1_000_000,
  maxAttributes: 200,
  maxAttributeChars: 65_536,
  countsLines: true,
  takesLoosePrefixes: true,
};

/** For answers; their bytes are bounded before. */
export const ANSWER_LIMITS: XmlLimits = {
  maxDepth: 200,
  maxElements: 500_000,
  maxAttributes: 200,
  maxAttributeChars: 1_048_576,
  takesLoosePrefixes: true,
};

export interface XmlFault {
  /** What is wrong, without a final full stop. */
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

interface OpenElement {
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: (XmlElement | string)[];
  readonly scope: XmlScope;
  readonly line: number;
}

/** Ends the reading; never leaves this file. */
class Stopped extends Error {
  readonly line: number;

  constructor(text: string, line: number) {
    super(text);
    this.line = line;
  }
}

const NO_SCOPE: XmlScope = { own: new Map(), parent: undefined };

export function parseXml(text: string, limits: XmlLimits): XmlElement | XmlFault {
  try {
    return new TreeReader(limits).read(text);
  } catch (error) {
    if (error instanceof Stopped) return { text: error.message, line: error.line };
    throw error;
  }
}

export function isXmlFault(read: XmlElement | XmlFault): read is XmlFault {
  return 'text' in read;
}

class TreeReader {
  private readonly limits: XmlLimits;
  private readonly parser: SaxesParser<{ xmlns: true; position: boolean }>;
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;
  private elements = 0;

  constructor(limits: XmlLimits) {
    this.limits = limits;
    const parser = new SaxesParser<{ xmlns: true; position: boolean }>({
      xmlns: true,
      position: limits.countsLines === true,
    });
    this.parser = parser;
    parser.on('error', ({ message }) => {
      const isLoose = message.includes('unbound namespace prefix');
      if (!isLoose || limits.takesLoosePrefixes !== true) this.stop(plainError(message));
    });
    parser.on('doctype', () =>
      this.stop('it has a document type (DTD), which is refused because of the entities in it'),
    );
    parser.on('attribute', ({ value }) => {
      if (value.length > limits.maxAttributeChars) this.stop('an attribute is too long');
    });
    parser.on('opentag', (tag) => this.begin(tag));
    parser.on('closetag', () => this.end());
    parser.on('text', (chars) => this.text(chars));
    parser.on('cdata', (chars) => this.text(chars));
  }

  read(text: string): XmlElement {
    this.parser.write(text.startsWith('\ufeff') ? text.slice(1) : text).close();
    return this.root ?? this.stop('it has no element');
  }

  private begin(tag: SaxesTagNS): void {
    const { maxDepth, maxElements, maxAttributes } = this.limits;
    if (this.open.length >= maxDepth) this.stop(`it is nested more than ${maxDepth} levels deep`);
    if (++this.elements > maxElements) this.stop(`it has more than ${maxElements} elements`);
    const written = Object.values(tag.attributes);
    if (written.length > maxAttributes) this.stop('an element has too many attributes');
    const parent = this.open.at(-1)?.scope ?? NO_SCOPE;
    const own = Object.entries(tag.ns);
    this.open.push({
      local: tag.local,
      uri: boundUri(tag.prefix, tag.uri),
      attributes: written
        .filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
        .map(({ local, uri, prefix, value }) => ({ local, uri: boundUri(prefix, uri), value })),
      children: [],
      scope: own.length === 0 ? parent : { own: new Map(own), parent },
      line: this.parser.line,
    });
  }

  private end(): void {
    const element = this.open.pop();
    if (element === undefined) return;
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
  }

  private text(chars: string): void {
    if (chars !== '') this.open.at(-1)?.children.push(chars);
  }

  private stop(text: string): never {
    throw new Stopped(text, this.parser.line);
  }
}

/** Of a prefix that nothing declares the parser makes a namespace; only one has a known meaning. */
function boundUri(prefix: string, uri: string): string {
  if (prefix === '' || uri !== prefix) return uri;
  return prefix === 'xsi' ? XSI : '';
}

/** The parser puts the place before its words. */
function plainError(message: string): string {
  return message
    .replace(/^\d+:\d+: /, '')
    .replace(/\.$/, '')
    .slice(0, 300);
}
