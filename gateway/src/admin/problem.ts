/** Everything that is not a success, as problem details (RFC 9457). */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AdminEnv } from './env.ts';

const DOCS = 'docs/admin.md';

/** Why the admin API refuses, by a word that programs may go by. */
const REASONS = {
  invalid_request: [400, 'The request is not as it has to be.'],
  cursor_invalid: [400, 'The cursor was not given out for this list.'],
  unauthenticated: [401, 'The caller is not identified.'],
  forbidden: [403, 'The caller may not do this.'],
  forged: [403, 'The request does not come from a page of this gateway.'],
  code_invalid: [403, 'This one-time code is not good, or not any more.'],
  not_found: [404, 'There is nothing here.'],
  method_not_allowed: [405, 'This address does not take this HTTP method.'],
  conflict: [409, 'What is there stands against it.'],
  source_is_file: [409, 'The configuration file is the source of this, so it is changed there.'],
  too_large: [413, 'The body is larger than is taken here.'],
  media_type_unsupported: [415, 'The body must be sent as application/json.'],
  internal: [500, 'Something went wrong inside the gateway.'],
  unavailable: [503, 'This cannot be done at the moment; try again.'],
} as const satisfies Record<string, readonly [number, string]>;

export type AdminReason = keyof typeof REASONS;

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'docs/admin.md#forbidden' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    reason: z.string(),
  })
  .catchall(z.unknown())
  .openapi('Problem');

type StatusOf<Reason extends AdminReason> = (typeof REASONS)[Reason][0];

const HEADERS = { 'content-type': 'application/problem+json' };

/** @param members further members of the problem object; nothing secret */
export function problem<Reason extends AdminReason>(
  c: Context<AdminEnv>,
  reason: Reason,
  detail?: string,
  members: Readonly<Record<string, unknown>> = {},
) {
  const status: StatusOf<Reason> = REASONS[reason][0];
  return c.json({ ...membersOf(reason, detail), ...members }, status, HEADERS);
}

function membersOf(reason: AdminReason, detail?: string) {
  const [status, title] = REASONS[reason];
  return { type: `${DOCS}#${reason}`, title, status, detail: detail ?? title, reason };
}

/** The same as text, where there is no context to answer in. */
export function problemText(reason: AdminReason): {
  readonly status: number;
  readonly text: string;
} {
  return { status: REASONS[reason][0], text: JSON.stringify(membersOf(reason)) };
}

/** Content is optional by type, so that handlers may return problems beside what a route declares. */
interface DescribedProblem {
  readonly description: string;
  readonly content?: {
    readonly 'application/problem+json': { readonly schema: typeof problemSchema };
  };
}

function described(description: string): DescribedProblem {
  return { description, content: { 'application/problem+json': { schema: problemSchema } } };
}

/** The problems that every route may answer with. */
export const PROBLEMS = {
  400: described('The request is not as it has to be.'),
  401: described('The caller is not identified.'),
  403: described('The caller may not do this.'),
  404: described('There is no such thing, as far as the caller may know.'),
  409: described('What is there stands against it.'),
  413: described('The body is too large.'),
  415: described('The body is no JSON.'),
  500: described('Something went wrong inside the gateway.'),
  503: described('It cannot be done at the moment.'),
} as const;
