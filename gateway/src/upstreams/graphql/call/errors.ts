/** `errors` of a response as what they mean for a call. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import type { FailureClass } from '../../api/model.ts';
import { complaintsOf, pathOf, textOf, type Complaint } from './complaints.ts';

const MAX_ERRORS = 20;

export interface GraphQlFault {
  readonly message: string;
  /** Where in the answer: `orders.0.customer`; '' where it does not say. */
  readonly path: string;
  /** `extensions.code` or what takes its place; '' for none. */
  readonly code: string;
  readonly complaints: readonly Complaint[];
}

/** Codes of servers, some of which hold a word of another kind: the first that fits decides. */
const CLASSES: readonly (readonly [RegExp, FailureClass])[] = [
  // It takes only operations that it knows beforehand.
  [
    /PERSISTED|DOCUMENT_NOT_FOUND|OPERATION_NOT_(?:FOUND|ALLOWED|IN_)|SAFELIST|ALLOW_?LIST/,
    'unsupported',
  ],
  [
    /UNAUTHENTICATED|UNAUTHORI[SZ]ED|AUTHENTICATION|NOT_LOGGED_IN|INVALID_TOKEN|^401$/,
    'unauthenticated',
  ],
  [/FORBIDDEN|ACCESS_DENIED|PERMISSION|INSUFFICIENT_SCOPES?|NOT_ALLOWED|^403$/, 'forbidden'],
  [/NOT_FOUND|^404$/, 'not_found'],
  [/CONFLICT|ALREADY_EXISTS|STALE|^409$/, 'conflict'],
  [/RATE_?LIMIT|THROTTLED|TOO_MANY|^429$/, 'rate_limited'],
  [/COST|COMPLEXITY|TOO_LARGE|^413$/, 'too_large'],
  [
    /BAD_USER_INPUT|BAD_REQUEST|VALIDATION|PARSE_FAILED|INVALID|UNPROCESSABLE|ARGUMENT|^4(?:00|22)$/,
    'invalid',
  ],
  [/INTERNAL|TIMEOUT|UNAVAILABLE|DOWNSTREAM|^5\d\d$/, 'server_error'],
];

/** @param errors as the response has it */
export function readErrors(errors: Json | undefined): readonly GraphQlFault[] {
  if (errors === undefined || !isJsonArray(errors)) return [];
  return errors.slice(0, MAX_ERRORS).map(faultOf);
}

/** What kind of failure they are together: the first that says anything decides. */
export function classOf(faults: readonly GraphQlFault[]): FailureClass {
  const saysInput = faults.some(({ complaints }) => complaints.length > 0);
  for (const { code } of faults) {
    if (code === '') continue;
    // The document was made from the schema: where it does not fit, the schema is another one now.
    if (/GRAPHQL_(?:VALIDATION|PARSE)_FAILED/.test(code)) {
      return saysInput ? 'invalid' : 'unsupported';
    }
    const found = CLASSES.find(([pattern]) => pattern.test(code));
    if (found !== undefined) return found[1];
  }
  return saysInput ? 'invalid' : 'other';
}

function faultOf(error: Json): GraphQlFault {
  if (!isJsonObject(error)) return { message: textOf(error), path: '', code: '', complaints: [] };
  const message = textOf(ownMember(error, 'message'));
  const extensions = ownMember(error, 'extensions');
  const more = isJsonObject(extensions) ? extensions : {};
  return {
    message,
    path: pathOf(ownMember(error, 'path')),
    code: codeOf(error, more),
    complaints: complaintsOf(error, message, more),
  };
}

function codeOf(error: JsonObject, extensions: JsonObject): string {
  const http = ownMember(extensions, 'http');
  const candidates = [
    ownMember(extensions, 'code'),
    ownMember(extensions, 'type'),
    ownMember(error, 'type'),
    ownMember(extensions, 'classification'),
    ownMember(extensions, 'category'),
    isJsonObject(http) ? ownMember(http, 'status') : undefined,
  ];
  for (const one of candidates) {
    const text =
      one instanceof ExactNumber ? one.text : typeof one === 'number' ? String(one) : one;
    if (typeof text === 'string' && text !== '') {
      return text
        .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
        .replace(/[^\w]+/g, '_')
        .toUpperCase()
        .slice(0, 60);
    }
  }
  return '';
}
