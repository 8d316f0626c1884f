/** What an API says of single inputs: problem details (RFC 9457) and the shapes that are common. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../../kernel/index.ts';

export interface Complaint {
  /** A name, or a JSON Pointer where it lies deeper; never empty. */
  readonly wire: string;
  readonly text: string;
}

const MAX_COMPLAINTS = 20;
const MAX_TEXT_CHARS = 300;
const MAX_DEPTH = 8;

/** Members that hold complaints: a list of them, or texts by the names of inputs. */
const LISTS = new Set([
  'errors',
  'error',
  'detail',
  'details',
  'invalid-params',
  'invalidParams',
  'invalid_params',
  'violations',
  'fieldViolations',
  'field_violations',
  'fieldErrors',
  'field_errors',
  'validationErrors',
  'validation_errors',
  'validation',
  'issues',
  'fields',
  'data',
]);

const NAME_KEYS = [
  'pointer',
  'field',
  'param',
  'parameter',
  'propertyPath',
  'property',
  'loc',
  'path',
  'attribute',
  'target',
  'name',
  'location',
  'key',
] as const;

const TEXT_KEYS = [
  'message',
  'msg',
  'detail',
  'reason',
  'description',
  'defaultMessage',
  'error',
  'title',
  'issue',
  'code',
] as const;

/** Where an input is sent, as some APIs put it before the name. */
const PLACES = new Set(['body', 'query', 'path', 'header', 'cookie', 'formData']);

/** @param body the answer to a request that was refused */
export function complaintsOf(body: Json): Complaint[] {
  const found = new Map<string, Complaint>();
  const add = (wire: string, text: string): void => {
    if (wire === '' || text === '' || found.size >= MAX_COMPLAINTS) return;
    const short = text.slice(0, MAX_TEXT_CHARS).toWellFormed();
    found.set(`${wire}\n${short}`, { wire: wire.slice(0, MAX_TEXT_CHARS), text: short });
  };
  visit(body, add, 0);
  if (found.size === 0 && isJsonObject(body)) visitNamed(body, add);
  return [...found.values()];
}

type Add = (wire: string, text: string) => void;

function visit(value: Json, add: Add, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (isJsonArray(value)) {
    for (const entry of value.slice(0, 100)) visit(entry, add, depth + 1);
    return;
  }
  if (!isJsonObject(value)) return;
  const name = nameOf(value);
  const text = textOf(value);
  if (name !== '' && text !== '') add(name, text);
  for (const [key, member] of Object.entries(value)) {
    if (!LISTS.has(key) || typeof member !== 'object') continue;
    if (!isJsonObject(member) || !visitNamed(member, add)) visit(member, add, depth + 1);
  }
}

/** `{ "email": ["is taken"] }`. @returns false where not all members look like that */
function visitNamed(value: JsonObject, add: Add): boolean {
  const entries = Object.entries(value).map(([name, texts]) => [name, textsOf(texts)] as const);
  if (entries.some(([name, texts]) => texts.length === 0 || LISTS.has(name))) return false;
  for (const [name, texts] of entries) add(wireOf(name), texts.join('; '));
  return true;
}

/** The texts of a list that holds nothing else. */
function textsOf(value: Json): string[] {
  if (!isJsonArray(value)) return [];
  const texts = value.filter((one) => typeof one === 'string');
  return texts.length === value.length ? texts : [];
}

function nameOf(value: JsonObject): string {
  const { source } = value;
  if (source !== undefined && isJsonObject(source)) {
    const inner = source['pointer'] ?? source['parameter'] ?? source['header'];
    if (typeof inner === 'string') return wireOf(inner);
  }
  for (const key of NAME_KEYS) {
    const name = value[key];
    if (typeof name === 'string' && name !== '') return wireOf(name);
    if (isJsonArray(name) && name.length > 0) return wireOfSteps(name.map(String));
  }
  return '';
}

function textOf(value: JsonObject): string {
  for (const key of TEXT_KEYS) {
    const text = value[key];
    if (typeof text === 'string' && text !== '') return text;
  }
  return '';
}

/** `#/a/b`, `$.a.b`, `a.b[0]` and `a[b]` alike. */
function wireOf(written: string): string {
  const pointer = written.replace(/^#(?=\/)/, '');
  if (pointer.startsWith('/')) {
    const steps = pointer.slice(1).split('/');
    return steps.length === 1 ? unescape(steps[0] ?? '') : pointer;
  }
  if (/[\s:]/.test(written)) return written;
  const steps = written
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter((step) => step !== '');
  return wireOfSteps(steps);
}

function wireOfSteps(steps: readonly string[]): string {
  const [first = '', ...rest] = steps;
  const own = PLACES.has(first) && rest.length > 0 ? rest : steps;
  if (own.length === 1) return own[0] ?? '';
  return own.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
