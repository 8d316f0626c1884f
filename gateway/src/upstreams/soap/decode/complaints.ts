/** What a fault says of single arguments. */
import { elementsOf, textIn, type XmlElement } from '../xml/element.ts';

const MAX_COMPLAINTS = 10;
const MAX_OPEN = 1000;
const MAX_CHARS = 300;

export interface Complaint {
  readonly wire: string;
  readonly text: string;
}

/**
 * An element of the detail named like an argument, an element that names one beside other words, or
 * the only argument whose name stands in the text.
 */
export function complaintsIn(
  detail: XmlElement | undefined,
  text: string,
  wires: ReadonlySet<string>,
): readonly Complaint[] {
  const found: Complaint[] = [];
  const open = detail === undefined ? [] : [...elementsOf(detail)];
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    const children = elementsOf(one);
    const said = children.length === 0 ? textIn(one).trim() : '';
    if (said !== '' && wires.has(one.local)) found.push(complaint(one.local, said));
    const naming = namingIn(children, wires);
    if (naming === undefined) open.push(...children.slice(0, MAX_OPEN));
    else found.push(naming);
    if (found.length >= MAX_COMPLAINTS || open.length > MAX_OPEN) break;
  }
  if (found.length > 0 || text === '') return found;
  const named = [...wires].filter(
    (wire) => wire.length > 2 && new RegExp(`(?<![\\w])${escape(wire)}(?![\\w])`).test(text),
  );
  return named.length === 1 ? named.map((wire) => complaint(wire, text)) : [];
}

function namingIn(
  children: readonly XmlElement[],
  wires: ReadonlySet<string>,
): Complaint | undefined {
  const name = children.find(
    (child) => wires.has(textIn(child).trim()) && elementsOf(child).length === 0,
  );
  const other = children.find((child) => child !== name && textIn(child).trim() !== '');
  return name === undefined || other === undefined
    ? undefined
    : complaint(textIn(name).trim(), textIn(other).trim());
}

function complaint(wire: string, text: string): Complaint {
  return { wire, text: text.slice(0, MAX_CHARS) };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
