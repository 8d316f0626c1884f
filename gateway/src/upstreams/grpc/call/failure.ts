/** A status other than OK as what it means for a call, with the details of `google.rpc`. */
import type { FailureClass, Reply } from '../../api/model.ts';
import { bytesOf, numberOf, readFields, textOf, type WireField } from '../source/wire-fields.ts';
import { CODES, type CallStatus } from './status.ts';

const CLASSES: Readonly<Record<(typeof CODES)[number], FailureClass>> = {
  OK: 'other',
  CANCELLED: 'other',
  UNKNOWN: 'other',
  INVALID_ARGUMENT: 'invalid',
  DEADLINE_EXCEEDED: 'server_error',
  NOT_FOUND: 'not_found',
  ALREADY_EXISTS: 'conflict',
  PERMISSION_DENIED: 'forbidden',
  RESOURCE_EXHAUSTED: 'rate_limited',
  FAILED_PRECONDITION: 'conflict',
  ABORTED: 'conflict',
  OUT_OF_RANGE: 'invalid',
  UNIMPLEMENTED: 'unsupported',
  INTERNAL: 'server_error',
  UNAVAILABLE: 'server_error',
  DATA_LOSS: 'server_error',
  UNAUTHENTICATED: 'unauthenticated',
};

const MAX_DETAILS = 20;
const MAX_VIOLATIONS = 100;
const MAX_TEXT_CHARS = 4000;

interface Told {
  readonly complaints: { readonly wire: string; readonly text: string }[];
  readonly words: string[];
  retryAfterMs: number;
}

export interface Words {
  /** Takes secrets out of what the server says. */
  readonly clean: (text: string) => string;
  /** A field as the server names it, in the names of the arguments. */
  readonly named: (field: string) => string;
}

export function failureOf(status: CallStatus, { clean, named }: Words): Reply {
  const told: Told = { complaints: [], words: [], retryAfterMs: status.retryAfterMs };
  if (status.details !== undefined) readDetails(status.details, told);
  const name = CODES[status.code] ?? 'UNKNOWN';
  // Cut behind cleaning, so that no part of a secret is left at the end.
  const text = clean([status.message, ...told.words].filter((one) => one !== '').join(' '));
  return {
    kind: 'failure',
    class: CLASSES[name],
    status: name,
    body:
      text === ''
        ? { kind: 'none' }
        : {
            kind: 'text',
            text: text.slice(0, MAX_TEXT_CHARS).toWellFormed(),
            mimeType: 'text/plain',
          },
    complaints: told.complaints
      .slice(0, MAX_VIOLATIONS)
      .map((one) => ({ wire: named(clean(one.wire)), text: clean(one.text) })),
    retryAfterMs: told.retryAfterMs,
    authHint: '',
  };
}

/** `google.rpc.Status`: code = 1, message = 2, details = 3, each an Any. */
function readDetails(bytes: Uint8Array, told: Told): void {
  for (const any of bytesOf(readFields(bytes), 3).slice(0, MAX_DETAILS)) {
    const fields = readFields(any);
    const type = textOf(fields, 1).replace(/^.*\//, '');
    const [value] = bytesOf(fields, 2);
    if (value !== undefined) readDetail(type, value, told);
  }
}

function readDetail(type: string, value: Uint8Array, told: Told): void {
  const fields = readFields(value);
  const parts = bytesOf(fields, 1).map(readFields);
  switch (type) {
    case 'google.rpc.BadRequest':
      for (const part of parts) told.complaints.push(complaintOf(part));
      return;
    case 'google.rpc.PreconditionFailure':
      for (const part of parts) told.words.push(`${textOf(part, 2)}: ${textOf(part, 3)}`);
      return;
    case 'google.rpc.QuotaFailure':
      for (const part of parts) told.words.push(`${textOf(part, 1)}: ${textOf(part, 2)}`);
      return;
    case 'google.rpc.ErrorInfo':
      told.words.push(errorInfo(value));
      return;
    case 'google.rpc.RetryInfo':
      told.retryAfterMs = durationMs(bytesOf(fields, 1)[0]);
      return;
    case 'google.rpc.ResourceInfo':
      told.words.push(resourceInfo(fields));
      return;
    case 'google.rpc.LocalizedMessage':
      told.words.push(textOf(fields, 2));
      return;
    case 'google.rpc.Help':
      for (const part of parts) told.words.push(`${textOf(part, 1)}: ${textOf(part, 2)}`);
      return;
    default:
  }
}

/** `FieldViolation`: field = 1, description = 2, reason = 3, localized_message = 4. */
function complaintOf(part: readonly WireField[]) {
  const [localized] = bytesOf(part, 4);
  const words = [
    textOf(part, 2),
    localized === undefined ? '' : textOf(readFields(localized), 2),
    textOf(part, 3),
  ];
  return { wire: textOf(part, 1), text: words.find((one) => one !== '') ?? 'it is not valid' };
}

function resourceInfo(fields: readonly WireField[]): string {
  const what = `${textOf(fields, 1)} ${textOf(fields, 2)}`.trim();
  const words = textOf(fields, 4);
  return words === '' ? `It is about ${what}.` : `${what}: ${words}`;
}

function errorInfo(value: Uint8Array): string {
  const fields = readFields(value);
  const metadata = bytesOf(fields, 3)
    .slice(0, 10)
    .map(readFields)
    .map((entry) => `${textOf(entry, 1)}=${textOf(entry, 2)}`);
  const more = metadata.length === 0 ? '' : `; ${metadata.join(', ')}`;
  return `Reason: ${textOf(fields, 1)} (${textOf(fields, 2)}${more}).`;
}

function durationMs(bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return 0;
  const fields = readFields(bytes);
  const ms = numberOf(fields, 1) * 1000 + numberOf(fields, 2) / 1_000_000;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 86_400_000) : -1;
}
