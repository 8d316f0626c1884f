/** Whether an operation can be called, as far as that shows before it is compiled. */
import type { Part, SoapOperation } from '../wsdl/model.ts';
import { SOAP_11_ENCODING, XSD } from '../wsdl/namespaces.ts';
import { keyOf, type QName } from '../xml/element.ts';
import type { SchemaIndex } from '../xsd/schema-index.ts';

/** @returns words; '' where nothing speaks against it */
export function whyUnusable(operation: SoapOperation, schemas: SchemaIndex): string {
  for (const part of operation.input.parts) {
    if (part.element === undefined && part.type === undefined) {
      return `The part "${part.name}" of its message says neither an element nor a type.`;
    }
    const missing = missingOf(part, schemas);
    if (missing !== undefined)
      return `Its message needs ${wordsOf(missing)}, which no schema that was loaded declares.`;
  }
  return '';
}

function missingOf({ element, type }: Part, schemas: SchemaIndex): QName | undefined {
  if (element !== undefined) return schemas.elements.has(keyOf(element)) ? undefined : element;
  if (type === undefined || type.uri === XSD || type.uri === SOAP_11_ENCODING) return undefined;
  return schemas.types.has(keyOf(type)) ? undefined : type;
}

function wordsOf({ uri, local }: QName): string {
  return uri === '' ? `"${local}"` : `"${local}" of ${uri}`;
}
