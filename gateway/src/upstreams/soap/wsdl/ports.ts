/** Where a service can be called: its ports that speak SOAP over HTTP. */
import {
  attributeOf,
  childrenNamed,
  childNamed,
  elementsOf,
  type XmlElement,
} from '../xml/element.ts';
import { definedBy, type Defined, type Definitions } from './definitions.ts';
import { BINDINGS, WSDL, type SoapVersion } from './namespaces.ts';
import type { Notes } from './notes.ts';

export interface PortChoice {
  /** '' for any. */
  readonly service: string;
  readonly port: string;
}

export interface Port {
  /** '' where no service is described. */
  readonly service: string;
  readonly name: string;
  readonly binding: Defined;
  readonly soap: SoapVersion;
  readonly address: string;
  /** The port itself, and its service. */
  readonly nodes: readonly XmlElement[];
}

/** A port whose binding nothing defines. */
interface Dangling {
  readonly node: XmlElement;
  readonly service: Defined;
}

export function readPorts(
  definitions: Definitions,
  choice: PortChoice,
  notes: Notes,
): readonly Port[] {
  const ports: Port[] = [];
  const dangling: Dangling[] = [];
  for (const service of definitions.services.values()) {
    for (const node of childrenNamed(service.node, WSDL, 'port')) {
      const binding = definedBy(node, 'binding', definitions.bindings);
      if (binding === undefined) dangling.push({ node, service });
      else ports.push(...portOf(node, service, binding, notes));
    }
  }
  const isBare = ports.length === 0 && dangling.length === 0;
  const isOpen = isBare && notes.skipped.length === 0;
  const loose = isOpen || dangling.length > 0 ? looseBindings(definitions, ports) : [];
  ports.push(...placed(loose, dangling, notes));
  return ports.filter(
    ({ service, name }) =>
      (choice.service === '' || service === choice.service) &&
      (choice.port === '' || name === choice.port),
  );
}

function portOf(
  node: XmlElement,
  service: Defined,
  binding: Defined,
  notes: Notes,
): readonly Port[] {
  const name = attributeOf(node, 'name') ?? '';
  const soap = versionOf(binding.node);
  const why = soap === undefined ? noSoap(binding.node) : noHttp(binding.node, soap);
  if (soap === undefined || why !== '') {
    notes.skip(`${service.name.local}.${name}`, why, node, service.location);
    return [];
  }
  const address = addressOf(node);
  return [
    { service: service.name.local, name, binding, soap, address, nodes: [node, service.node] },
  ];
}

/** Bindings that no port uses. */
function looseBindings({ bindings }: Definitions, ports: readonly Port[]): readonly Port[] {
  const used = new Set(ports.map(({ binding }) => binding));
  return [...bindings.values()].flatMap((binding) => {
    const soap = versionOf(binding.node);
    if (used.has(binding) || soap === undefined || noHttp(binding.node, soap) !== '') return [];
    const { local: name } = binding.name;
    return [{ service: '', name, binding, soap, address: '', nodes: [] }];
  });
}

/** A port whose binding is not defined means the one that nothing uses, where there is one of its version. */
function placed(
  loose: readonly Port[],
  dangling: readonly Dangling[],
  notes: Notes,
): readonly Port[] {
  const taken = new Set<Dangling>();
  const ports = loose.map((port): Port => {
    const fitting = dangling.filter(({ node }) => addressVersion(node) === port.soap);
    const isOnly = loose.filter(({ soap }) => soap === port.soap).length === 1;
    const [found, second] = fitting;
    if (found === undefined || second !== undefined || !isOnly) return port;
    taken.add(found);
    const { node, service } = found;
    const name = attributeOf(node, 'name') ?? '';
    notes.mend(
      `The port "${name}" names a binding that is not defined; "${port.name}" is taken, which is the only one that is left.`,
      node,
      service.location,
    );
    const address = addressOf(node);
    return { ...port, service: service.name.local, name, address, nodes: [node, service.node] };
  });
  for (const one of dangling) {
    if (taken.has(one)) continue;
    const what = `${one.service.name.local}.${attributeOf(one.node, 'name') ?? ''}`;
    notes.skip(what, 'Its binding is not defined.', one.node, one.service.location);
  }
  return ports;
}

function addressVersion(port: XmlElement): SoapVersion | undefined {
  if (childNamed(port, BINDINGS['1.1'], 'address') !== undefined) return '1.1';
  return childNamed(port, BINDINGS['1.2'], 'address') === undefined ? undefined : '1.2';
}

/** Some give the address of SOAP 1.1 beside a binding of SOAP 1.2. */
function addressOf(port: XmlElement): string {
  const found = elementsOf(port).find(
    ({ local, uri }) => local === 'address' && Object.values(BINDINGS).includes(uri),
  );
  return (found === undefined ? undefined : attributeOf(found, 'location'))?.trim() ?? '';
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

/** @returns words where a binding is not spoken over HTTP */
function noHttp(binding: XmlElement, soap: SoapVersion): string {
  const bound = childNamed(binding, BINDINGS[soap], 'binding');
  const transport = (bound === undefined ? undefined : attributeOf(bound, 'transport')) ?? '';
  return transport === '' || /\/http\/?$/i.test(transport.trim())
    ? ''
    : `It is not spoken over HTTP but over ${transport.slice(0, 100)}.`;
}
