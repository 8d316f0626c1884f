/** Whether an operation can be called, as far as that shows before it is compiled. */
import type { Part, SoapOperation } from '../wsdl/model.ts';
import { SOAP_11_ENCODING, SOAP_12_ENCODING, UNDECLARED, XSD } from '../wsdl/namespaces.ts';
import { keyOf, type QName } from '../xml/element.ts';
import { isBuiltin } from '../xsd/builtin.ts';
import { findNamed, type SchemaIndex } from '../xsd/schema-index.ts';

/** @returns words; '' where nothing speaks against it */
export function whyUnusable({ input, style }: SoapOperation, schemas: SchemaIndex): string {
  for (const { name, element, type } of input.parts) {
    if (element === undefined && type === undefined) {
      return `The part "${name}" of its message says neither an element nor a type.`;
    }
    const isFound = element === undefined || findNamed(schemas.elements, element) !== undefined;
    if (!isFound && element.uri === UNDECLARED) {
      return `Its message needs "${element.local}" of a namespace whose prefix is not declared.`;
    }
    // What a call in the style of rpc puts around is known, and what is inside of it must be too.
    if (!isFound && style === 'rpc') {
      return `Its message needs ${wordsOf(element)}, which no schema that was loaded declares.`;
    }
  }
  return '';
}

/** What of a message no schema describes, and what is done instead; '' where there is nothing. */
export function whyMended({ name, input }: SoapOperation, schemas: SchemaIndex): string {
  const words = input.parts.flatMap((part) => mendedPart(part, schemas));
  return words.length === 0 ? '' : `The message of ${name} ${words.join(' and ')}.`;
}

function mendedPart({ element, type }: Part, schemas: SchemaIndex): readonly string[] {
  if (element !== undefined && !schemas.elements.has(keyOf(element))) {
    const found = findNamed(schemas.elements, element);
    return found === undefined
      ? [`needs ${wordsOf(element)}, which no schema declares: its content is taken as XML`]
      : [`names ${wordsOf(element)}, for which ${wordsOf(found.name)} is taken`];
  }
  if (type === undefined || isGiven(type) || schemas.types.has(keyOf(type))) return [];
  return [`needs the type ${wordsOf(type)}, which no schema declares: its content is taken as XML`];
}

function isGiven({ uri, local }: QName): boolean {
  const isOwn = uri === XSD || uri === SOAP_11_ENCODING || uri === SOAP_12_ENCODING;
  return isOwn || (uri === '' && isBuiltin(local));
}

function wordsOf({ uri, local }: QName): string {
  return uri === '' || uri === UNDECLARED ? `"${local}"` : `"${local}" of ${uri}`;
}
