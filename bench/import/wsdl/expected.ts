/** The operations that a WSDL binds to SOAP, found by the letter of WSDL 1.1, without what is judged. */
import type { Declared } from './declared.ts';
import { tableOf, type Entry, type Table } from './definitions.ts';
import {
  attribute,
  children,
  localOf,
  nameAt,
  SOAP_ENC,
  uriOf,
  WSDL,
  XSD,
  type Documents,
  type Name,
  type Node,
} from './trees.ts';

const SOAPS = ['http://schemas.xmlsoap.org/wsdl/soap/', 'http://schemas.xmlsoap.org/wsdl/soap12/'];
const MIME = 'http://schemas.xmlsoap.org/wsdl/mime/';

export interface Part {
  readonly name: string;
  readonly element?: Name;
  readonly type?: Name;
}

/** What stands in the body and the header of one message. */
export interface Wire {
  readonly style: 'document' | 'rpc';
  readonly isEncoded: boolean;
  /** Namespace of the element around the parts of rpc. */
  readonly uri: string;
  readonly parts: readonly Part[];
  readonly headers: readonly Part[];
  /** Whether there are headers that no schema describes. */
  readonly hasOpenHeaders: boolean;
}

/** One operation of one binding. */
export interface Bound {
  readonly location: string;
  readonly line: number;
  /** Words where the document does not say what is sent. */
  readonly wire: Wire | string;
}

export interface Expected {
  readonly name: string;
  /** In the bindings of its port type; any of them will do. */
  readonly bounds: readonly Bound[];
}

export class Expectations {
  private readonly declared: Declared;
  private readonly messages: Table;
  private readonly portTypes: Table;
  private readonly bindings: Table;
  private readonly services: Table;

  constructor(documents: Documents, declared: Declared) {
    this.declared = declared;
    this.messages = tableOf(documents, 'message');
    this.portTypes = tableOf(documents, 'portType');
    this.bindings = tableOf(documents, 'binding');
    this.services = tableOf(documents, 'service');
  }

  /** By port type, name and input: what several bindings offer is one operation. */
  all(): readonly Expected[] {
    const found = new Map<string, { name: string; bounds: Bound[] }>();
    for (const { node, location } of this.usedBindings()) {
      const soap = SOAPS.find((uri) => children(node, uri, 'binding').length > 0);
      if (soap === undefined || !isHttp(node, soap)) continue;
      const counts = new Map<string, number>();
      for (const operation of children(node, WSDL, 'operation')) {
        const name = attribute(operation, 'name') ?? '';
        if (children(operation, WSDL, 'input').length === 0) continue;
        const turn = counts.get(name) ?? 0;
        counts.set(name, turn + 1);
        const wire = this.wireOf(node, operation, soap);
        const key = `${attribute(node, 'type') ?? ''} ${name} ${turn}`;
        const known = found.get(key) ?? { name, bounds: [] };
        known.bounds.push({ location, line: operation.line, wire });
        found.set(key, known);
      }
    }
    return [...found.values()];
  }

  /** Those of ports; all where a port's is not to be found or there are no ports. */
  private usedBindings(): Iterable<Entry> {
    const used = new Set<Entry>();
    for (const { node } of this.services.all.values()) {
      for (const port of children(node, WSDL, 'port')) {
        const found = this.bindings.find(port, attribute(port, 'binding') ?? '');
        if (found === undefined) return this.bindings.all.values();
        used.add(found);
      }
    }
    return used.size === 0 ? this.bindings.all.values() : used;
  }

  private wireOf(binding: Node, operation: Node, soap: string): Wire | string {
    const input = this.inputOf(binding, operation);
    if (typeof input === 'string') return input;
    const message = this.messageOf(input);
    if (typeof message === 'string') return message;
    const [bound] = children(operation, WSDL, 'input');
    const holder = bound === undefined ? undefined : holderOf(bound, soap);
    const [body] = holder === undefined ? [] : children(holder, soap, 'body');
    const headers = this.headersOf(holder, soap);
    const own = headers.filter(({ message: one }) => one === message).map(({ part }) => part);
    const attached = bound === undefined ? [] : attachedIn(bound);
    const listed = body === undefined ? undefined : attribute(body, 'parts')?.split(/\s+/);
    const parts = children(message, WSDL, 'part').filter((part) => {
      const name = attribute(part, 'name') ?? '';
      if (listed !== undefined) return listed.includes(name);
      return !own.includes(part) && !attached.includes(name);
    });
    const read = parts.map((part) => this.partOf(part));
    const heads = headers.map(({ part }) => this.partOf(part));
    const wrong = read.find((one) => typeof one === 'string');
    if (wrong !== undefined) return wrong;
    const [ownSoap] = children(operation, soap, 'operation');
    const [bindingSoap] = children(binding, soap, 'binding');
    const style = [ownSoap, bindingSoap].flatMap((one) =>
      one === undefined ? [] : (attribute(one, 'style') ?? []),
    )[0];
    return {
      style: style === 'rpc' ? 'rpc' : 'document',
      isEncoded: body !== undefined && attribute(body, 'use') === 'encoded',
      uri: (body === undefined ? undefined : attribute(body, 'namespace')) ?? '',
      parts: read.filter((one) => typeof one !== 'string'),
      headers: heads.filter((one) => typeof one !== 'string'),
      hasOpenHeaders: heads.some((one) => typeof one === 'string'),
    };
  }

  private inputOf(binding: Node, operation: Node): Node | string {
    const written = attribute(binding, 'type') ?? '';
    const type = this.portTypes.find(binding, written);
    if (type === undefined) return `the port type ${written} is defined nowhere`;
    const local = attribute(operation, 'name') ?? '';
    const all = children(type.node, WSDL, 'operation').filter(
      (one) => attribute(one, 'name') === local,
    );
    const wanted = inputName(operation);
    const found = all.find((one) => inputName(one) === wanted) ?? all[0];
    const [input] = found === undefined ? [] : children(found, WSDL, 'input');
    return input ?? `the port type ${written} has no operation ${local} with an input`;
  }

  private messageOf(node: Node): Node | string {
    const written = attribute(node, 'message') ?? '';
    return this.messages.find(node, written)?.node ?? `the message ${written} is defined nowhere`;
  }

  private headersOf(holder: Node | undefined, soap: string) {
    const all = holder === undefined ? [] : children(holder, soap, 'header');
    return all.flatMap((header) => {
      const message = this.messageOf(header);
      if (typeof message === 'string') return [];
      const name = attribute(header, 'part');
      const part = children(message, WSDL, 'part').find((one) => attribute(one, 'name') === name);
      return part === undefined ? [] : [{ message, part }];
    });
  }

  private partOf(part: Node): Part | string {
    const name = attribute(part, 'name') ?? '';
    const [element, type] = [attribute(part, 'element'), attribute(part, 'type')];
    const written = element ?? type;
    if (written === undefined) return `the part ${name} has neither an element nor a type`;
    const found = nameAt(part, written);
    if (element !== undefined) return this.elementPart(name, found, written);
    if (found === undefined) return `the prefix of ${written} is declared nowhere`;
    const isBuiltin = uriOf(found) === XSD || uriOf(found) === SOAP_ENC;
    return isBuiltin || this.declared.types.has(found)
      ? { name, type: found }
      : `the type ${found} is declared nowhere`;
  }

  private elementPart(name: string, exact: Name | undefined, written: string): Part | string {
    const local = written.slice(written.indexOf(':') + 1);
    const { elements, rootTypes, missing } = this.declared;
    const isKnown = exact !== undefined && elements.has(exact);
    const alike = isKnown ? [exact] : [...elements].filter((one) => localOf(one) === local);
    const [found, second] = alike;
    if (found === undefined || second !== undefined) {
      return exact === undefined
        ? `the prefix of ${written} is declared nowhere`
        : `the element ${exact} is declared nowhere`;
    }
    const type = rootTypes.get(found);
    const isAny = missing.some((one) => one.name === type);
    return isAny ? `the type ${type} of ${found} is declared nowhere` : { name, element: found };
  }
}

function isHttp(binding: Node, soap: string): boolean {
  const [own] = children(binding, soap, 'binding');
  const transport = own === undefined ? undefined : attribute(own, 'transport');
  return transport === undefined || transport === '' || /\/http\/?$/i.test(transport);
}

function inputName(operation: Node): string | undefined {
  const [input] = children(operation, WSDL, 'input');
  return input === undefined ? undefined : attribute(input, 'name');
}

/** The element that has the body: of a MIME message the part that has one. */
function holderOf(bound: Node, soap: string): Node {
  const parts = children(bound, MIME, 'multipartRelated').flatMap((one) =>
    children(one, MIME, 'part'),
  );
  return parts.find((one) => children(one, soap, 'body').length > 0) ?? bound;
}

function attachedIn(bound: Node): readonly string[] {
  return children(bound, MIME, 'multipartRelated')
    .flatMap((one) => children(one, MIME, 'part'))
    .flatMap((one) => children(one, MIME, 'content'))
    .flatMap((one) => attribute(one, 'part') ?? []);
}
