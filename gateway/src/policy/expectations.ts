/** A file of expectations: who, what, with which arguments, and what has to come of it. */
import { z } from 'zod';
import {
  DEFAULT_ENDPOINT,
  ITEM_KINDS,
  principalOf,
  type ItemHints,
  type ItemId,
  type Principal,
} from '../kernel/index.ts';
import type { Asked, Explanation } from './explain.ts';

const words = z.array(z.string()).default([]);

/** A caller as people write one; a text is the name of a user. */
export const callerSchema = z.union([
  z
    .string()
    .min(1)
    .transform((user) => ({ user, agent: '', team: '', groups: [], scopes: [], claims: {} })),
  z.strictObject({
    user: z.string().default(''),
    agent: z.string().default(''),
    team: z.string().default(''),
    groups: words,
    scopes: words,
    claims: z.record(z.string(), z.json()).default({}),
  }),
]);

export type Caller = z.infer<typeof callerSchema>;

const labels = z.enum(['read-only', 'destructive', 'idempotent', 'open-world']);

const expectationSchema = z.strictObject({
  as: callerSchema.optional(),
  item: z.string().min(3),
  endpoint: z.string().default(DEFAULT_ENDPOINT),
  args: z.record(z.string(), z.json()).default({}),
  time: z.iso.datetime({ offset: true }).optional(),
  address: z.string().default(''),
  annotations: z.array(labels).optional(),
  expect: z.enum(['allow', 'deny', 'approve', 'hidden']),
});

export const expectationsSchema = z.strictObject({
  tests: z.array(expectationSchema).min(1).max(10_000),
});

export type Expectation = z.infer<typeof expectationSchema>;

/** Somebody who presents nothing: the local principal. */
const NOBODY = principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' });

export function principalFor(caller: Caller | undefined): Principal {
  if (caller === undefined) return NOBODY;
  const { user, agent } = caller;
  const kind = user === '' ? 'agent' : 'user';
  return principalOf({ ...caller, id: `${kind}:${user || agent}`, kind, verifiedBy: 'command' });
}

/** `crm/find`, `crm__find`, or `resource:crm/crm://1`; undefined for anything else. */
export function itemIdIn(text: string): ItemId | undefined {
  const [, kind = 'tool', rest = ''] =
    /^(?:(tool|resource|template|prompt):)?(.*)$/s.exec(text) ?? [];
  const [, upstream = '', name = ''] = /^([a-z][a-z0-9-]*)(?:\/|__)(.+)$/s.exec(rest) ?? [];
  const known = ITEM_KINDS.find((each) => each === kind);
  return known === undefined || name === '' ? undefined : { upstream, kind: known, name };
}

/** What an expectation asks; undefined where its item cannot be read. */
export function askedBy(expectation: Expectation, nowMs: number): Asked | undefined {
  const { as, item, endpoint, args, time, address, annotations } = expectation;
  const id = itemIdIn(item);
  if (id === undefined) return undefined;
  return {
    principal: principalFor(as),
    endpoint,
    item: { id, hints: annotations === undefined ? undefined : hintsOf(annotations) },
    args: JSON.stringify(args),
    nowMs: time === undefined ? nowMs : Date.parse(time),
    address,
  };
}

function hintsOf(said: readonly string[]): ItemHints {
  return {
    readOnly: said.includes('read-only'),
    destructive: said.includes('destructive'),
    idempotent: said.includes('idempotent'),
    openWorld: said.includes('open-world'),
  };
}

/** What came of it, in the words of expectations. */
export function resultOf({ outcome, isListed, needsApproval }: Explanation): Expectation['expect'] {
  if (!isListed) return 'hidden';
  if (outcome !== 'allow') return 'deny';
  return needsApproval ? 'approve' : 'allow';
}

/** What is hidden is denied as well. */
export function isMet(expected: Expectation['expect'], result: Expectation['expect']): boolean {
  return expected === result || (expected === 'deny' && result === 'hidden');
}
