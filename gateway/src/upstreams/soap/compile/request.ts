/** What a call of one operation is made of: plain data, kept with its plan. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { ElementShape, Shapes } from '../shape/shape.ts';
import type { Addressing, Attachment } from '../wsdl/model.ts';
import type { SoapVersion } from '../wsdl/namespaces.ts';

/** One element of the body or the header, and the arguments that fill it. */
export interface MessageElement {
  readonly shape: ElementShape;
  /** The argument that holds it whole; '' where its parts are arguments of their own. */
  readonly argument: string;
  /** Names of arguments and of the properties that they are. */
  readonly spread: readonly (readonly [argument: string, property: string])[];
}

/** An argument that is sent beside the envelope. */
export interface AttachedArgument extends Attachment {
  readonly argument: string;
}

export interface SoapRequest {
  readonly form: 'soap-request-2';
  readonly soap: SoapVersion;
  readonly action: string;
  /** '' for the address of the service. */
  readonly address: string;
  readonly isEncoded: boolean;
  /** What headers of WS-Addressing say, where the service demands them. */
  readonly addressing?: Addressing;
  readonly body: readonly MessageElement[];
  readonly headers: readonly MessageElement[];
  /** What goes beside the envelope. */
  readonly attachments?: readonly AttachedArgument[];
  /** Elements that the body of an answer may have. */
  readonly answers: readonly ElementShape[];
  /** Elements that the detail of a fault may have. */
  readonly faults: readonly ElementShape[];
  /** Whether the element around an answer has any name (rpc). */
  readonly isWrapped: boolean;
  readonly types: Shapes;
}

export function asPlain(request: SoapRequest): JsonObject {
  // A copy without anything that JSON does not know.
  const plain: unknown = JSON.parse(JSON.stringify(request));
  if (!isPlain(plain)) throw new Error('a request is an object');
  return plain;
}

function isPlain(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSoapRequest(value: unknown): value is SoapRequest {
  return isPlain(value) && value['form'] === 'soap-request-2';
}
