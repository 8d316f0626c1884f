/** A WSDL with nothing behind it: its tools, and the messages that their calls would send. For measuring. */
import type { JsonObject } from '../../kernel/index.ts';
import { toolOf } from '../api/items.ts';
import type { Operation, Skipped } from '../api/model.ts';
import { DEFAULT_RESULT_LIMITS } from '../api/results/contract.ts';
import { controlSchemas } from '../api/results/controls.ts';
import { compileOperation, draftOf } from './compile/operation.ts';
import { readDocument } from './document.ts';
import { EnvelopeWriter } from './encode/envelope.ts';
import { collectAtHand, isCollectFault, schemasIn } from './import/collect.ts';
import { ShapeTable } from './shape/fields.ts';
import type { SoapOperation } from './wsdl/model.ts';
import type { XmlElement } from './xml/element.ts';

export interface OfflineSoapCall {
  /** Schema of the arguments before it is fitted to any client. */
  readonly input: JsonObject;
  /** What would stand in the body; words in `fault` where it cannot be written. */
  write(values: JsonObject): { readonly body: string } | { readonly fault: string };
  readonly soap: SoapOperation;
}

export interface OfflineSoap {
  readonly operations: readonly Operation[];
  readonly skipped: readonly Skipped[];
  /** Schemas of the service, and where each of them stands. */
  readonly schemas: readonly { readonly node: XmlElement; readonly location: string }[];
  /** @returns words where the operation is not usable */
  toolOf(operation: Operation): JsonObject | string;
  /** @see toolOf */
  callOf(operation: Operation): OfflineSoapCall | string;
}

/** @returns words where the bytes are no WSDL */
export function openSoap(
  main: { readonly location: string; readonly bytes: Buffer },
  load: (location: string) => Buffer | string,
): OfflineSoap | string {
  const documents = collectAtHand(main, load);
  if (isCollectFault(documents)) return documents.text;
  const settings = { service: '', port: '', include: [], exclude: [], knownNames: new Map() };
  const document = readDocument(documents, main.location, settings);
  if (typeof document === 'string') return document;
  const { operations, skipped } = document.index;
  return {
    operations,
    skipped,
    schemas: [...documents].flatMap(([location, root]) =>
      typeof root === 'string' ? [] : schemasIn(root).map((node) => ({ node, location })),
    ),
    toolOf: (operation) => {
      const plan = compileOperation(document, operation);
      if (typeof plan === 'string') return plan;
      return toolOf(operation, plan, {
        controlsFor: (one) => controlSchemas(one, DEFAULT_RESULT_LIMITS.maxItems),
        listsOutput: false,
        profile: 'default',
      });
    },
    callOf: (operation) => {
      const draft = draftOf(document, operation);
      const soap = document.operations.get(operation.key);
      if (typeof draft === 'string') return draft;
      if (soap === undefined) return 'The document has no such operation.';
      const writer = new EnvelopeWriter(draft.request, new ShapeTable(draft.request.types));
      return {
        input: draft.input,
        soap,
        write: (values) => {
          const made = writer.parts(values);
          return 'body' in made ? made : { fault: `${made.argument}: ${made.text}` };
        },
      };
    },
  };
}
