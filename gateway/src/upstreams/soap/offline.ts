/** A WSDL with nothing behind it: its tools, and the messages that their calls would send. For measuring. */
import type { JsonObject } from '../../kernel/index.ts';
import { toolOf } from '../api/items.ts';
import { replyOf } from '../api/http/reply/reply.ts';
import { createSecretFilter } from '../api/http/reply/secret-filter.ts';
import type { Operation, Reply, Skipped } from '../api/model.ts';
import { DEFAULT_RESULT_LIMITS } from '../api/results/contract.ts';
import { controlSchemas } from '../api/results/controls.ts';
import { compileOperation, draftOf } from './compile/operation.ts';
import type { SoapRequest } from './compile/request.ts';
import { AnswerReader } from './decode/answer.ts';
import { readDocument } from './document.ts';
import { EnvelopeWriter } from './encode/envelope.ts';
import { httpRequest } from './encode/http.ts';
import { securityOf, type Login } from './encode/security.ts';
import { collectAtHand, isCollectFault, type Documents } from './import/collect.ts';
import { ShapeTable } from './shape/fields.ts';
import type { SoapOperation } from './wsdl/model.ts';

export interface OfflineSoapCall {
  /** Schema of the arguments before it is fitted to any client. */
  readonly input: JsonObject;
  /** What would stand in the body and in the header; words in `fault` where it cannot be written. */
  write(
    values: JsonObject,
  ): { readonly body: string; readonly headers: string } | { readonly fault: string };
  readonly soap: SoapOperation;
  /** A whole call without its way: signed as `login` says, and answered with these bytes. */
  call(values: JsonObject, answer: Buffer, login?: Login): Promise<Reply>;
}

export interface OfflineSoap {
  readonly operations: readonly Operation[];
  readonly skipped: readonly Skipped[];
  /** The document and what it imports, by location. */
  readonly documents: Documents;
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
    documents,
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
      const table = new ShapeTable(draft.request.types);
      const writer = new EnvelopeWriter(draft.request, table);
      return {
        input: draft.input,
        soap,
        call: offlineCall(draft.request, writer, table),
        write: (values) => {
          const made = writer.parts(values);
          return 'body' in made ? made : { fault: `${made.argument}: ${made.text}` };
        },
      };
    },
  };
}

function offlineCall(
  request: SoapRequest,
  writer: EnvelopeWriter,
  table: ShapeTable,
): OfflineSoapCall['call'] {
  const reader = new AnswerReader(request, table, new Set());
  const secrets = createSecretFilter([]);
  const headers = { 'content-type': 'text/xml; charset=utf-8' };
  const context = { nowMs: 0, maxBytes: 0, secrets, nextUrl: '', authHint: () => '' };
  return async (values, bytes, login) => {
    const header = login === undefined ? '' : securityOf(login, request.soap, 0).header;
    const envelope = writer.write(values, header);
    if (envelope.kind === 'unsendable') return envelope;
    httpRequest(request, envelope.xml, true);
    return await reader.read(replyOf({ status: 200, headers, bytes, cut: '' }, context), (text) =>
      secrets.clean(text),
    );
  };
}
