/** Reads the SOAP operations of a WSDL, and says why others are left out. */
import type { Skipped, SourcePlace } from '../../api/model.ts';
import type { Documents } from '../import/collect.ts';
import {
  attributeOf,
  childrenNamed,
  childNamed,
  elementsOf,
  keyOf,
  type XmlElement,
} from '../xml/element.ts';
import { wsdlDoc } from '../xsd/documentation.ts';
import { definedBy, readDefinitions, type Defined, type Definitions } from './definitions.ts';
import { faultParts, readMessage } from './messages.ts';
import type { SoapOperation } from './model.ts';
import { BINDINGS, WSDL, type SoapVersion } from './namespaces.ts';

export interface ReadWsdl {
  readonly title: string;
  readonly doc: string;
  readonly servers: readonly string[];
  readonly operations: readonly SoapOperation[];
  readonly skipped: readonly Skipped[];
}

export interface PortChoice {
  /** '' for any. */
  readonly service: string;
  readonly port: string;
}

const MAX_OPERATIONS = 20_000;
const DOC_CHARS = 1200;

interface Port {
  readonly service: string;
  readonly name: string;
  readonly binding: Defined;
  readonly soap: SoapVersion;
  readonly address: string;
}

/** @param main location of the document that was asked for */
export function readWsdl(documents: Documents, main: string, choice: PortChoice): ReadWsdl {
  return new WsdlReader(documents, main).read(choice);
}

class WsdlReader {
  private readonly definitions: Definitions;
  private readonly documents: Documents;
  private readonly main: string;
  private readonly skipped: Skipped[] = [];
  private readonly byName = new Map<XmlElement, ReadonlyMap<string, readonly XmlElement[]>>();

  constructor(documents: Documents, main: string) {
    this.documents = documents;
    this.main = main;
    this.definitions = readDefinitions(documents);
  }

  read(choice: PortChoice): ReadWsdl {
    for (const [location, root] of this.documents) {
      if (typeof root !== 'string') continue;
      const at = { source: '', pointer: '', line: 0 };
      this.skipped.push({ what: location, why: `It was not loaded: ${root}`, at });
    }
    const ports = this.usablePorts(choice);
    const operations = ports.flatMap((port) => this.operationsOf(port)).slice(0, MAX_OPERATIONS);
    const root = this.documents.get(this.main);
    const [service] = this.definitions.services.values();
    const named = typeof root === 'object' ? attributeOf(root, 'name') : undefined;
    return {
      title: service?.name.local ?? named ?? '',
      doc:
        wsdlDoc(service?.node, DOC_CHARS) ||
        wsdlDoc(typeof root === 'object' ? root : undefined, DOC_CHARS),
      servers: [...new Set(ports.map(({ address }) => address).filter((one) => one !== ''))],
      operations,
      skipped: this.skipped,
    };
  }

  /** Of several ports for the same port type, the first that speaks SOAP over HTTP. */
  private usablePorts(choice: PortChoice): readonly Port[] {
    const all = this.ports().filter(
      (port) =>
        (choice.service === '' || port.service === choice.service) &&
        (choice.port === '' || port.name === choice.port),
    );
    const chosen = new Map<string, Port>();
    for (const port of all) {
      const type = definedBy(port.binding.node, 'type', this.definitions.portTypes);
      const key = type === undefined ? keyOf(port.binding.name) : keyOf(type.name);
      const known = chosen.get(key);
      if (known === undefined) chosen.set(key, port);
    }
    return [...chosen.values()];
  }

  private ports(): readonly Port[] {
    const ports: Port[] = [];
    for (const { node: service, location, name } of this.definitions.services.values()) {
      for (const node of childrenNamed(service, WSDL, 'port')) {
        const binding = definedBy(node, 'binding', this.definitions.bindings);
        const port = attributeOf(node, 'name') ?? '';
        const soap = binding === undefined ? undefined : versionOf(binding.node);
        if (binding === undefined || soap === undefined) {
          const why = binding === undefined ? 'Its binding is not defined.' : noSoap(binding.node);
          this.skip(`${name.local}.${port}`, why, node, location);
          continue;
        }
        const address = attributeOf(
          childNamed(node, BINDINGS[soap], 'address') ?? node,
          'location',
        );
        ports.push({
          service: name.local,
          name: port,
          binding,
          soap,
          address: address?.trim() ?? '',
        });
      }
    }
    return ports.length > 0 || this.definitions.services.size > 0 ? ports : this.looseBindings();
  }

  /** Where a WSDL has no service, its bindings are called at the address that the operator sets. */
  private looseBindings(): readonly Port[] {
    return [...this.definitions.bindings.values()].flatMap((binding) => {
      const soap = versionOf(binding.node);
      if (soap === undefined) return [];
      return [{ service: '', name: binding.name.local, binding, soap, address: '' }];
    });
  }

  private operationsOf(port: Port): readonly SoapOperation[] {
    const { binding, soap } = port;
    const uri = BINDINGS[soap];
    const type = definedBy(binding.node, 'type', this.definitions.portTypes);
    if (type === undefined) {
      this.skip(port.name, 'Its port type is not defined.', binding.node, binding.location);
      return [];
    }
    const bound = childNamed(binding.node, uri, 'binding');
    const transport = bound === undefined ? '' : (attributeOf(bound, 'transport') ?? '');
    if (transport !== '' && !/\/http$|\/http\/?$|soap\/bindings\/HTTP/i.test(transport)) {
      this.skip(
        port.name,
        `It is not spoken over HTTP but over ${transport.slice(0, 100)}.`,
        binding.node,
        binding.location,
      );
      return [];
    }
    const style = bound === undefined ? undefined : attributeOf(bound, 'style');
    return childrenNamed(binding.node, WSDL, 'operation').flatMap((node) => {
      const made = this.operation(node, port, type, style ?? 'document');
      if (typeof made !== 'string') return [made];
      const name = attributeOf(node, 'name') ?? '';
      this.skip(name, made, node, binding.location);
      return [];
    });
  }

  private operation(
    node: XmlElement,
    port: Port,
    type: Defined,
    bindingStyle: string,
  ): SoapOperation | string {
    const uri = BINDINGS[port.soap];
    const name = attributeOf(node, 'name') ?? '';
    const abstract = matching(node, this.operationsIn(type.node).get(name) ?? []);
    if (abstract === undefined) return 'Its port type has no such operation.';
    const input = childNamed(abstract, WSDL, 'input');
    if (input === undefined) return 'It sends notices to callers and takes no calls.';
    const own = childNamed(node, uri, 'operation');
    const style = (own === undefined ? undefined : attributeOf(own, 'style')) ?? bindingStyle;
    const context = { definitions: this.definitions, soapUri: uri };
    const taken = readMessage(input, childNamed(node, WSDL, 'input'), context);
    if (typeof taken === 'string') return taken;
    const output = childNamed(abstract, WSDL, 'output');
    const given =
      output === undefined
        ? undefined
        : readMessage(output, childNamed(node, WSDL, 'output'), context);
    return {
      name,
      service: port.service,
      port: port.name,
      address: port.address,
      soap: port.soap,
      style: style === 'rpc' ? 'rpc' : 'document',
      isEncoded: taken.isEncoded,
      action: own === undefined ? '' : (attributeOf(own, 'soapAction') ?? ''),
      input: taken,
      output: typeof given === 'string' ? undefined : given,
      faults: faultParts(abstract, this.definitions),
      doc: wsdlDoc(abstract, DOC_CHARS) || wsdlDoc(node, DOC_CHARS),
      at: this.placeOf(node, port.binding.location),
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

  private skip(what: string, why: string, node: XmlElement, location: string): void {
    this.skipped.push({ what, why, at: this.placeOf(node, location) });
  }

  private placeOf(node: XmlElement, location: string): SourcePlace {
    const name = attributeOf(node, 'name') ?? '';
    const source = location === this.main ? '' : location;
    return { source, pointer: `${node.local} ${name}`, line: node.line };
  }
}

function versionOf(binding: XmlElement): SoapVersion | undefined {
  if (childNamed(binding, BINDINGS['1.1'], 'binding') !== undefined) return '1.1';
  return childNamed(binding, BINDINGS['1.2'], 'binding') === undefined ? undefined : '1.2';
}

function noSoap(binding: XmlElement): string {
  const other = elementsOf(binding).find(({ uri }) => uri !== WSDL);
  const isHttp = other?.uri.endsWith('/wsdl/http/') === true;
  return isHttp ? 'It is bound to plain HTTP, not to SOAP.' : 'It is not bound to SOAP.';
}

/** The operation of a port type; of several with one name that whose messages have the same names. */
function matching(node: XmlElement, all: readonly XmlElement[]): XmlElement | undefined {
  if (all.length < 2) return all[0];
  const wanted = messageName(node);
  return all.find((one) => messageName(one) === wanted) ?? all[0];
}

function messageName(operation: XmlElement): string {
  const input = childNamed(operation, WSDL, 'input');
  return input === undefined ? '' : (attributeOf(input, 'name') ?? '');
}
