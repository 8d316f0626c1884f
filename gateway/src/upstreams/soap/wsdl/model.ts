/** A service as a WSDL describes it: operations of its SOAP bindings and their messages. */
import type { SourcePlace } from '../../api/model.ts';
import type { QName } from '../xml/element.ts';
import type { SoapVersion } from './namespaces.ts';

/** A part of a message: an element, or a name and a type. */
export interface Part {
  readonly name: string;
  readonly element: QName | undefined;
  readonly type: QName | undefined;
}

export interface Message {
  /** Of the body, in their order. */
  readonly parts: readonly Part[];
  readonly headers: readonly { readonly part: Part; readonly isRequired: boolean }[];
  /** Namespace of the element around the parts of a call (rpc). */
  readonly uri: string;
}

/** A part of a message that goes beside the body. */
export interface Attachment {
  readonly name: string;
  /** MIME type; of several that are allowed the first. */
  readonly type: string;
}

/** WS-Addressing as a message has to say it. */
export interface Addressing {
  /** Namespace of its headers. */
  readonly uri: string;
  readonly action: string;
}

export interface SoapOperation {
  readonly name: string;
  readonly service: string;
  readonly port: string;
  /** As the port says it; '' where it does not. */
  readonly address: string;
  readonly soap: SoapVersion;
  readonly style: 'document' | 'rpc';
  /** Section 5 of SOAP 1.1: types stand beside the values. */
  readonly isEncoded: boolean;
  readonly action: string;
  /** Undefined where the port does not demand it. */
  readonly addressing: Addressing | undefined;
  readonly input: Message;
  /** What a call sends beside the body (WSDL 1.1, section 5). */
  readonly attachments: readonly Attachment[];
  /** Undefined where nothing is answered. */
  readonly output: Message | undefined;
  /** Parts of the details that its faults may have. */
  readonly faults: readonly Part[];
  readonly doc: string;
  readonly at: SourcePlace;
}
