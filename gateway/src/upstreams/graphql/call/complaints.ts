/** What an error says of single inputs, in the ways in which servers say it. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { quotable } from '../../api/guidance/api-words.ts';
import { complaintsOf as complaintsIn } from '../../api/http/reply/complaints.ts';

const MAX_TOLD = 20;
const MAX_PATH_STEPS = 20;
const MAX_CHARS = 300;
const MAX_WIRE_CHARS = 200;
/** Longest message that is searched for the names of inputs. */
const MAX_SEARCHED_CHARS = 2000;

export interface Complaint {
  /** The variable, or the place in it: `input.lines.0.sku`. */
  readonly wire: string;
  readonly text: string;
}

const VARIABLE = /\bvariable\s+(?:["'`]\$?|\$)(\w+)/i;
const ARGUMENT = /\bargument\s+["'`$]+(\w+)/i;
const AT = /\bat ["'`]([\w.[\]]+)["'`]/;
const FOR = /\binvalid value for ([\w.]+)/i;
/** `In field "lines": In element #0: …` */
const INSIDE = /\bIn (?:field ["'`](\w+)["'`]|element #(\d{1,9})):/g;
const NAMING = [
  'argumentName',
  'argument',
  'field',
  'invalidArgument',
  'variable',
  'param',
] as const;

/** @param message of the error, as far as it may be quoted */
export function complaintsOf(
  error: JsonObject,
  message: string,
  extensions: JsonObject,
): readonly Complaint[] {
  const whole = ownMember(error, 'message');
  const said = typeof whole === 'string' ? whole.slice(0, MAX_SEARCHED_CHARS) : '';
  const variable = VARIABLE.exec(said)?.[1] ?? '';
  const problems = problemsOf(extensions, variable);
  if (problems.length > 0) return problems;
  const validation = validationOf(extensions);
  if (validation.length > 0) return validation;
  const wire = placeOf(error, extensions) || placeIn(said, variable) || nameIn(extensions, said);
  if (wire !== '') return [{ wire: wire.slice(0, MAX_WIRE_CHARS), text: message }];
  return complaintsIn(extensions).slice(0, MAX_TOLD);
}

/** `problems: [{ path: ["lines", 0], explanation: "…" }]`, inside of the variable. */
function problemsOf(extensions: JsonObject, variable: string): readonly Complaint[] {
  const problems = ownMember(extensions, 'problems');
  if (problems === undefined || !isJsonArray(problems)) return [];
  return problems.slice(0, MAX_TOLD).flatMap((problem): Complaint[] => {
    if (!isJsonObject(problem)) return [];
    const path = pathOf(ownMember(problem, 'path'));
    const wire = [variable, path].filter((step) => step !== '').join('.');
    const text = textOf(ownMember(problem, 'explanation') ?? ownMember(problem, 'message'));
    return wire === '' || text === '' ? [] : [{ wire, text }];
  });
}

/** `validation: { "input.email": ["…"] }` */
function validationOf(extensions: JsonObject): readonly Complaint[] {
  const validation = ownMember(extensions, 'validation');
  if (validation === undefined || !isJsonObject(validation)) return [];
  return Object.entries(validation)
    .slice(0, MAX_TOLD)
    .flatMap(([named, texts]): Complaint[] => {
      const text = textOf(isJsonArray(texts) ? texts[0] : texts);
      return text === '' ? [] : [{ wire: named.slice(0, MAX_WIRE_CHARS), text }];
    });
}

/** Where paths of errors lead into what was given: `["variable", "input", "lines", 0]`. */
function placeOf(error: JsonObject, extensions: JsonObject): string {
  const path = ownMember(error, 'path');
  if (path !== undefined && isJsonArray(path) && path[0] === 'variable') {
    return pathOf(path.slice(1));
  }
  const inner = ownMember(extensions, 'path');
  return typeof inner === 'string' ? (/\.args\.([\w.[\]]+)$/.exec(inner)?.[1] ?? '') : '';
}

/** By the words of the message, of which every server has its own. */
function placeIn(said: string, variable: string): string {
  if (variable === '') return '';
  const at = AT.exec(said)?.[1] ?? '';
  if (at !== '') return at.startsWith(variable) ? at : `${variable}.${at}`;
  const inside = [...said.matchAll(INSIDE)].map(([, field, element]) => field ?? element ?? '');
  const steps = inside.length > 0 ? inside : [FOR.exec(said)?.[1] ?? ''];
  return [variable, ...steps].filter((step) => step !== '').join('.');
}

function nameIn(extensions: JsonObject, said: string): string {
  for (const key of NAMING) {
    const named = ownMember(extensions, key);
    if (typeof named === 'string' && named !== '') return named;
    if (named !== undefined && isJsonArray(named) && named.length > 0) return pathOf(named);
  }
  // One that the schema does not know any more is nobody's to change.
  return /\bunknown argument/i.test(said) ? '' : (ARGUMENT.exec(said)?.[1] ?? '');
}

export function textOf(value: Json | undefined): string {
  return quotable(typeof value === 'string' ? value : '', MAX_CHARS);
}

/** `orders.0.customer` */
export function pathOf(path: Json | undefined): string {
  if (path === undefined || !isJsonArray(path)) return '';
  const steps = path.slice(0, MAX_PATH_STEPS).map((step) => {
    if (step instanceof ExactNumber) return step.text;
    return typeof step === 'string' || typeof step === 'number' ? String(step) : '?';
  });
  return quotable(steps.join('.'), MAX_WIRE_CHARS);
}
