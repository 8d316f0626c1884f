/** `errors` of a response as what they mean for a call. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { quotable } from '../../api/guidance/api-words.ts';
import type { FailureClass } from '../../api/model.ts';

const MAX_ERRORS = 20;
const MAX_PATH_STEPS = 20;
const MAX_CHARS = 300;

export interface Complaint {
  readonly wire: string;
  readonly text: string;
}

export interface GraphQlFault {
  readonly message: string;
  /** Where in the answer: `orders.0.customer`; '' where it does not say. */
  readonly path: string;
  /** `extensions.code` or what takes its place; '' for none. */
  readonly code: string;
  readonly complaints: readonly Complaint[];
}

const CLASSES: readonly (readonly [RegExp, FailureClass])[] = [
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
  for (const { code } of faults) {
    const found = CLASSES.find(([pattern]) => code !== '' && pattern.test(code));
    if (found !== undefined) return found[1];
  }
  return faults.some(({ complaints }) => complaints.length > 0) ? 'invalid' : 'other';
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
    complaints: complaintsOf(message, more),
  };
}

function textOf(value: Json | undefined): string {
  return quotable(typeof value === 'string' ? value : '', MAX_CHARS);
}

function pathOf(path: Json | undefined): string {
  if (path === undefined || !isJsonArray(path)) return '';
  const steps = path.slice(0, MAX_PATH_STEPS).map((step) => {
    if (step instanceof ExactNumber) return step.text;
    return typeof step === 'string' || typeof step === 'number' ? String(step) : '?';
  });
  return quotable(steps.join('.'), 200);
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

/** What is said of single inputs, in the ways in which servers say it. */
function complaintsOf(message: string, extensions: JsonObject): readonly Complaint[] {
  const told: Complaint[] = [];
  const [, variable] = /\bVariable "\$?(\w+)"/i.exec(message) ?? [];
  const [, place] = /\bat "([\w.[\]]+)"/.exec(message) ?? [];
  const wire = place ?? variable;
  const problems = ownMember(extensions, 'problems');
  if (problems !== undefined && isJsonArray(problems)) {
    for (const problem of problems.slice(0, MAX_ERRORS)) {
      if (!isJsonObject(problem)) continue;
      const path = pathOf(ownMember(problem, 'path'));
      const inner = [variable ?? '', path].filter((step) => step !== '').join('.');
      const text = textOf(ownMember(problem, 'explanation') ?? ownMember(problem, 'message'));
      if (inner !== '' && text !== '') told.push({ wire: inner, text });
    }
  }
  if (told.length === 0 && wire !== undefined) told.push({ wire, text: message });
  for (const key of ['argumentName', 'argument', 'field', 'invalidArgument']) {
    const named = ownMember(extensions, key);
    if (typeof named === 'string' && told.length === 0 && named !== '') {
      told.push({ wire: named.slice(0, 200), text: message });
    }
  }
  const validation = ownMember(extensions, 'validation');
  if (isJsonObject(validation)) {
    for (const [named, texts] of Object.entries(validation).slice(0, MAX_ERRORS)) {
      const text = textOf(isJsonArray(texts) ? texts[0] : texts);
      if (text !== '') told.push({ wire: named.slice(0, 200), text });
    }
  }
  return told;
}
