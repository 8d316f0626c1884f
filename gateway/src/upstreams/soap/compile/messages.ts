/** The elements that the parts of a message become on the wire. */
import type { ElementShape, GroupShape } from '../shape/shape.ts';
import type { Message, Part, SoapOperation } from '../wsdl/model.ts';
import { UNDECLARED } from '../wsdl/namespaces.ts';
import type { QName } from '../xml/element.ts';
import type { ShapeBuilder } from '../xsd/builder.ts';

/** @returns words where a part cannot be had */
export function bodyElements(
  operation: SoapOperation,
  message: Message,
  local: string,
  builder: ShapeBuilder,
): readonly ElementShape[] | string {
  if (operation.style === 'rpc') return [wrapper(message, local, builder)];
  const elements: ElementShape[] = [];
  for (const part of message.parts) {
    const element = partElement(part, builder);
    if (element === undefined) return `The element of its part "${part.name}" is not declared.`;
    elements.push(element);
  }
  return elements;
}

/** An element by its declaration, or one with the name and the type of the part. */
export function partElement(part: Part, builder: ShapeBuilder): ElementShape | undefined {
  if (part.element !== undefined) return builder.element(part.element) ?? unknown(part.element);
  if (part.type === undefined) return undefined;
  return {
    kind: 'element',
    name: part.name,
    local: part.name,
    uri: '',
    type: builder.typeNamed(part.type),
    min: 1,
    max: 1,
    isNillable: false,
    doc: '',
  };
}

/** An element that no schema declares: its name is known, and its content is XML. */
function unknown({ uri, local }: QName): ElementShape | undefined {
  if (uri === UNDECLARED) return undefined;
  const type = { kind: 'raw' } as const;
  const doc = `No schema that was loaded describes it: the content of the element ${local}, as XML.`;
  return { kind: 'element', name: local, local, uri, type, min: 1, max: 1, isNillable: false, doc };
}

/** WS-I Basic Profile 1.1, R2735: parts stand in no namespace, in an element named like the call. */
function wrapper(message: Message, local: string, builder: ShapeBuilder): ElementShape {
  const items = message.parts.flatMap((part) => partElement(part, builder) ?? []);
  const content: GroupShape | null =
    items.length === 0 ? null : { kind: 'sequence', min: 1, max: 1, items };
  const id = builder.addOwn(local, {
    uri: message.uri,
    attributes: [],
    content,
    text: null,
    isMixed: false,
    isAbstract: false,
    isAnonymous: true,
    derived: [],
    doc: '',
  });
  return {
    kind: 'element',
    name: local,
    local,
    uri: message.uri,
    type: { kind: 'ref', id },
    min: 1,
    max: 1,
    isNillable: false,
    doc: '',
  };
}
