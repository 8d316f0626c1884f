/** One operation of a WSDL as a plan: arguments, request, answer. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { ArgumentPlan, Operation, OperationPlan } from '../../api/model.ts';
import { defaultProfile, relaxOutput, trimToBudget } from '../../api/schema/index.ts';
import { allocateArgumentNames } from '../../api/arguments/allocate-names.ts';
import type { SoapDocument } from '../document.ts';
import { ShapeSchemas } from '../shape/schema.ts';
import type { ElementShape, Shapes } from '../shape/shape.ts';
import type { SoapOperation } from '../wsdl/model.ts';
import { ShapeBuilder } from '../xsd/builder.ts';
import {
  attachmentDraft,
  headerDraft,
  inputOf,
  named,
  plannedOf,
  renamedRules,
  spreadBody,
} from './arguments.ts';
import { bodyElements, partElement } from './messages.ts';
import { asPlain, type SoapRequest } from './request.ts';

/** What one tool may cost in a listing, tokens. */
const MAX_LISTED_TOKENS = 2000;
const MAX_DESCRIPTION = 1200;
/** Of one operation; details of others are read without their types. */
const MAX_FAULTS = 20;

/** @returns words where the operation cannot be called by anybody */
export function compileOperation(
  document: SoapDocument,
  operation: Operation,
): OperationPlan | string {
  const made = draftOf(document, operation);
  if (typeof made === 'string') return made;
  const { input, request, output, description, planned } = made;
  const listed = defaultProfile(input);
  return {
    key: operation.key,
    description,
    input: listed,
    listed: trimToBudget(listed, MAX_LISTED_TOKENS),
    output: output === null ? null : relaxOutput(output),
    arguments: planned,
    pagination: null,
    request: asPlain(request),
  };
}

export interface OperationDraft {
  /** Schema of the arguments before it is fitted to any client. */
  readonly input: JsonObject;
  readonly output: JsonObject | null;
  readonly request: SoapRequest;
  readonly planned: readonly ArgumentPlan[];
  readonly description: string;
}

export function draftOf(document: SoapDocument, operation: Operation): OperationDraft | string {
  const soap = document.operations.get(operation.key);
  if (soap === undefined) return 'The document has no such operation.';
  const builder = new ShapeBuilder(document.schemas);
  const body = bodyElements(soap, soap.input, soap.name, builder);
  if (typeof body === 'string') return body;
  const answers =
    soap.output === undefined
      ? []
      : bodyElements(soap, soap.output, `${soap.name}Response`, builder);
  const headers = headersOf(soap, builder);
  const faults = soap.faults
    .slice(0, MAX_FAULTS)
    .flatMap((part) => partElement(part, builder) ?? []);
  const types = builder.shapes();
  const schemas = new ShapeSchemas(types);
  const { elements, drafts, rules } = spreadBody(body, types, schemas);
  const extra = headers.map(({ shape, isRequired }) => headerDraft(shape, isRequired, schemas));
  const attached = soap.attachments.map(attachmentDraft);
  const all = [...drafts, ...extra, ...attached];
  const names = allocateArgumentNames(all.map(({ wanted, suffix }) => ({ name: wanted, suffix })));
  const input = schemas.whole({ ...inputOf(all, names), ...renamedRules(rules, drafts, names) });
  const usable = typeof answers === 'string' ? [] : answers;
  return {
    input,
    output: outputOf(usable, types),
    planned: plannedOf(all, names),
    description: descriptionOf(soap),
    request: {
      form: 'soap-request-2',
      soap: soap.soap,
      action: soap.action,
      address: soap.address,
      isEncoded: soap.isEncoded,
      ...(soap.addressing === undefined ? {} : { addressing: soap.addressing }),
      body: named(elements, names),
      headers: headers.map(({ shape }, at) => ({
        shape,
        argument: names[drafts.length + at] ?? '',
        spread: [],
      })),
      ...(attached.length === 0 ? {} : { attachments: attachedOf(soap, names) }),
      answers: usable,
      faults,
      isWrapped: soap.style === 'rpc',
      types,
    },
  };
}

function headersOf({ input }: SoapOperation, builder: ShapeBuilder) {
  return input.headers.flatMap(({ part, isRequired }) => {
    const shape = partElement(part, builder);
    return shape === undefined ? [] : [{ shape, isRequired }];
  });
}

/** @param names of all arguments; those of attachments stand last */
function attachedOf({ attachments }: SoapOperation, names: readonly string[]) {
  const own = names.slice(names.length - attachments.length);
  return attachments.map((one, at) => ({ ...one, argument: own[at] ?? '' }));
}

function outputOf(answers: readonly ElementShape[], types: Shapes): JsonObject | null {
  const [only] = answers;
  if (only === undefined || answers.length !== 1) return null;
  const schemas = new ShapeSchemas(types);
  return schemas.whole(schemas.use(only.type));
}

function descriptionOf({ name, service, doc }: SoapOperation): string {
  const said =
    doc === '' ? `Calls the SOAP operation ${name}${service === '' ? '' : ` of ${service}`}.` : doc;
  return said.slice(0, MAX_DESCRIPTION);
}
