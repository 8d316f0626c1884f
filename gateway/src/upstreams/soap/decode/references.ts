/** Values that stand elsewhere in a message than where they belong: SOAP 1.1, section 5.4.1. */
import { SOAP_12_ENCODING } from '../wsdl/namespaces.ts';
import { attributeOf, elementsOf, type XmlElement } from '../xml/element.ts';

/** A few values can refer to each other so that they unfold without end. */
const MAX_UNFOLDED = 100_000;
const MAX_STEPS = 100;

/** @returns what stands for the body once every value is where it belongs; words where it cannot be */
export function unfolded(body: readonly XmlElement[]): readonly XmlElement[] | string {
  const known = new Map<string, XmlElement>();
  for (const element of body) gather(element, known);
  if (known.size === 0) return body;
  const unfolding = new Unfolding(known);
  const roots = body.filter((one, at) => at === 0 || idOf(one) === undefined);
  const made = roots.map((one) => unfolding.whole(one, 0));
  return unfolding.problem === '' ? made : unfolding.problem;
}

function gather(element: XmlElement, into: Map<string, XmlElement>): void {
  const id = idOf(element);
  if (id !== undefined) into.set(id, element);
  for (const child of element.children) if (typeof child !== 'string') gather(child, into);
}

function idOf(element: XmlElement): string | undefined {
  if (element.attributes.length === 0) return undefined;
  return attributeOf(element, 'id') ?? attributeOf(element, 'id', SOAP_12_ENCODING);
}

function referenceOf(element: XmlElement): string | undefined {
  if (element.attributes.length === 0) return undefined;
  const href = attributeOf(element, 'href');
  if (href?.startsWith('#') === true) return href.slice(1);
  return attributeOf(element, 'ref', SOAP_12_ENCODING);
}

class Unfolding {
  problem = '';
  private readonly known: ReadonlyMap<string, XmlElement>;
  private count = 0;

  constructor(known: ReadonlyMap<string, XmlElement>) {
    this.known = known;
  }

  /** @param steps how many references led here */
  whole(element: XmlElement, steps: number): XmlElement {
    if (++this.count > MAX_UNFOLDED) this.problem = 'its references unfold to too many values';
    if (steps > MAX_STEPS) this.problem = 'its references lead on without end';
    if (this.problem !== '') return element;
    const id = referenceOf(element);
    const target = id === undefined ? undefined : this.known.get(id);
    if (target !== undefined) {
      const { attributes, children, scope } = this.whole(target, steps + 1);
      return { ...element, attributes, children, scope };
    }
    if (elementsOf(element).length === 0) return element;
    const children = element.children.map((child) =>
      typeof child === 'string' ? child : this.whole(child, steps),
    );
    return { ...element, children };
  }
}
