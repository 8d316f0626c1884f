/** Reads the SOAP operations of a WSDL, and says why others are left out. */
import type { Repair, Skipped } from '../../api/model.ts';
import type { Documents } from '../import/collect.ts';
import { attributeOf, childrenNamed, childNamed, keyOf, type XmlElement } from '../xml/element.ts';
import { wsdlDoc } from '../xsd/documentation.ts';
import { AddressingReader, addressingOf } from './addressing.ts';
import { definedBy, readDefinitions, type Defined, type Definitions } from './definitions.ts';
import { faultParts, readMessage } from './messages.ts';
import type { SoapOperation } from './model.ts';
import { BINDINGS, WSDL } from './namespaces.ts';
import { Notes } from './notes.ts';
import { readPorts, type Port, type PortChoice } from './ports.ts';

export interface ReadWsdl {
  readonly title: string;
  readonly doc: string;
  readonly servers: readonly string[];
  readonly operations: readonly SoapOperation[];
  readonly skipped: readonly Skipped[];
  readonly repairs: readonly Repair[];
}

const MAX_OPERATIONS = 20_000;
const DOC_CHARS = 1200;

/** @param main location of the document that was asked for */
export function readWsdl(documents: Documents, main: string, choice: PortChoice): ReadWsdl {
  return new WsdlReader(documents, main).read(choice);
}

/** An operation of a binding that could not be read. */
interface Unread {
  readonly node: XmlElement;
  readonly why: string;
  readonly location: string;
}

class WsdlReader {
  private readonly definitions: Definitions;
  private readonly documents: Documents;
  private readonly main: string;
  private readonly notes: Notes;
  private readonly addressing: AddressingReader;
  private readonly byName = new Map<XmlElement, ReadonlyMap<string, readonly XmlElement[]>>();

  constructor(documents: Documents, main: string) {
    this.documents = documents;
    this.main = main;
    this.notes = new Notes(main);
    this.definitions = readDefinitions(documents);
    this.addressing = new AddressingReader(documents);
  }

  read(choice: PortChoice): ReadWsdl {
    const ports = readPorts(this.definitions, choice, this.notes);
    for (const [location, root] of this.documents) {
      if (typeof root !== 'string') continue;
      const at = { source: '', pointer: '', line: 0 };
      this.notes.skipped.push({ what: location, why: `It was not loaded: ${root}`, at });
    }
    const operations = this.operationsOf(ports).slice(0, MAX_OPERATIONS);
    const root = this.documents.get(this.main);
    const [service] = this.definitions.services.values();
    const named = typeof root === 'object' ? attributeOf(root, 'name') : undefined;
    const used = ports.filter((port) => operations.some((one) => one.port === port.name));
    return {
      title: service?.name.local ?? named ?? '',
      doc:
        wsdlDoc(service?.node, DOC_CHARS) ||
        wsdlDoc(typeof root === 'object' ? root : undefined, DOC_CHARS),
      servers: [...new Set(used.map(({ address }) => address).filter((one) => one !== ''))],
      operations,
      skipped: this.notes.skipped,
      repairs: this.notes.repairs,
    };
  }

  /** Of several ports of the same port type, each operation of the first that has it. */
  private operationsOf(ports: readonly Port[]): readonly SoapOperation[] {
    const all: SoapOperation[] = [];
    const taken = new Map<string, Set<string>>();
    const unread = new Map<string, Unread>();
    for (const port of ports) {
      const { node, location, name: binding } = port.binding;
      const type = definedBy(node, 'type', this.definitions.portTypes);
      if (type === undefined) {
        this.notes.skip(port.name, 'Its port type is not defined.', node, location);
        continue;
      }
      const key = keyOf(type.name);
      const known = taken.get(key) ?? new Set();
      const own = new Set<string>();
      for (const operation of childrenNamed(node, WSDL, 'operation')) {
        const name = attributeOf(operation, 'name') ?? '';
        if (known.has(name)) continue;
        const made = this.operation(operation, port, type);
        if (typeof made === 'string') {
          unread.set(`${key} ${name} ${binding.local}`, { node: operation, why: made, location });
        } else {
          all.push(made);
          own.add(name);
        }
      }
      taken.set(key, known.union(own));
    }
    for (const [key, { node, why, location }] of unread) {
      const [type = '', name = ''] = key.split(' ');
      if (taken.get(type)?.has(name) !== true) this.notes.skip(name, why, node, location);
    }
    return all;
  }

  private operation(node: XmlElement, port: Port, type: Defined): SoapOperation | string {
    const uri = BINDINGS[port.soap];
    const name = attributeOf(node, 'name') ?? '';
    const abstract = matching(node, this.operationsIn(type.node).get(name) ?? []);
    if (abstract === undefined) return 'Its port type has no such operation.';
    const input = childNamed(abstract, WSDL, 'input');
    if (input === undefined) return 'It sends notices to callers and takes no calls.';
    const own = childNamed(node, uri, 'operation');
    const context = { definitions: this.definitions, soapUri: uri };
    const taken = readMessage(input, childNamed(node, WSDL, 'input'), context);
    if (typeof taken === 'string') return taken;
    const output = childNamed(abstract, WSDL, 'output');
    const given =
      output === undefined
        ? undefined
        : readMessage(output, childNamed(node, WSDL, 'output'), context);
    const action = own === undefined ? '' : (attributeOf(own, 'soapAction') ?? '');
    const addressing = this.addressing.demandedBy([port.binding.node, ...port.nodes]);
    const names = { target: type.name.uri, portType: type.name.local, operation: name };
    return {
      name,
      service: port.service,
      port: port.name,
      address: port.address,
      soap: port.soap,
      style: styleOf(own, childNamed(port.binding.node, uri, 'binding')),
      isEncoded: taken.isEncoded,
      action,
      addressing:
        addressing === undefined ? undefined : addressingOf(addressing, input, action, names),
      input: taken,
      attachments: taken.attached,
      output: typeof given === 'string' ? undefined : given,
      faults: faultParts(abstract, this.definitions),
      doc: wsdlDoc(abstract, DOC_CHARS) || wsdlDoc(node, DOC_CHARS),
      at: this.notes.placeOf(node, port.binding.location),
    };
  }

  /** Operations of a port type by name; some have thousands. */
  private operationsIn(type: XmlElement): ReadonlyMap<string, readonly XmlElement[]> {
    const known = this.byName.get(type);
    if (known !== undefined) return known;
    const all = Map.groupBy(
      childrenNamed(type, WSDL, 'operation'),
      (one) => attributeOf(one, 'name') ?? '',
    );
    this.byName.set(type, all);
    return all;
  }
}

function styleOf(...nodes: readonly (XmlElement | undefined)[]): 'rpc' | 'document' {
  const said = nodes.map((one) => (one === undefined ? undefined : attributeOf(one, 'style')));
  return said.find((one) => one !== undefined)?.trim() === 'rpc' ? 'rpc' : 'document';
}

/**
 * The operation of a port type; of several with one name that whose messages have the same names,
 * which are made of the operation's where they are not written (WSDL 1.1, section 2.4.5).
 */
function matching(node: XmlElement, all: readonly XmlElement[]): XmlElement | undefined {
  if (all.length < 2) return all[0];
  const wanted = messageNames(node);
  const inputs = all.filter((one) => messageNames(one)[0] === wanted[0]);
  return inputs.find((one) => messageNames(one)[1] === wanted[1]) ?? inputs[0] ?? all[0];
}

function messageNames(operation: XmlElement): readonly [input: string, output: string] {
  const name = attributeOf(operation, 'name') ?? '';
  const [input, output] = ['input', 'output'].map((one) => childNamed(operation, WSDL, one));
  const isBoth = input !== undefined && output !== undefined;
  const named = (one: XmlElement | undefined, end: string): string =>
    one === undefined ? '' : (attributeOf(one, 'name') ?? (isBoth ? name + end : name));
  return [named(input, 'Request'), named(output, 'Response')];
}
