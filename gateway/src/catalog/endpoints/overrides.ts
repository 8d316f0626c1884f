/** `endpoints.<name>.items`: what an endpoint calls an item, and what it says of it. */
import { z } from 'zod';
import { ITEM_KINDS, UPSTREAM_ID, itemIdText, type ItemId } from '../../kernel/index.ts';
import { looksGenerated } from '../items/names.ts';

const MAX_ITEMS = 10_000;
const KEY = /^(?:(tool|resource|template|prompt):)?([^/]+)\/(.+)$/s;

const overrideSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be letters, digits, "_" and "-", at most 64')
      .optional()
      .describe('What callers of this endpoint call the tool or prompt.'),
    title: z.string().min(1).max(200).optional().describe('Its title for people.'),
    description: z.string().min(1).max(20_000).optional().describe('What it says it does.'),
    labels: z
      .array(z.string().min(1).max(64))
      .max(32)
      .optional()
      .describe('Labels that rules may go by, also to allow; beside those of its upstream.'),
  })
  .refine((one) => Object.keys(one).length > 0, 'say something of it');

/** By original name: `<upstream>/<name>` for tools, `<kind>:<upstream>/<name>` for others. */
export const overridesSchema = z
  .record(z.string().max(4096), overrideSchema)
  .refine((items) => Object.keys(items).length <= MAX_ITEMS, `at most ${MAX_ITEMS} items`)
  .optional()
  .describe(
    'What single items are called here, and what is said of them: <upstream>/<original name> for ' +
      'tools, <kind>:<upstream>/<original name> for others.',
  );

export type OverridesConfig = z.infer<typeof overridesSchema>;
export type Override = z.infer<typeof overrideSchema>;

/** What an endpoint says of items in place of what they say themselves. */
export interface Overrides {
  of(id: ItemId): Override | undefined;
  /** The item that has a name by the configuration, as the text form of its identity. */
  holderOf(kind: ItemId['kind'], name: string): string | undefined;
}

/** The item that a key means; undefined where it is none. Without a kind it is a tool. */
export function overriddenItem(key: string): ItemId | undefined {
  const [, kind = 'tool', upstream = '', name = ''] = KEY.exec(key) ?? [];
  const known = ITEM_KINDS.find((each) => each === kind);
  return known === undefined || name === '' || !UPSTREAM_ID.test(upstream)
    ? undefined
    : { upstream, kind: known, name };
}

/** @param config checked by `overridesSchema` and `itemNameProblem` */
export function createOverrides(config: OverridesConfig): Overrides {
  const byId = new Map<string, Override>();
  const holders = new Map<string, string>();
  for (const [key, override] of Object.entries(config ?? {})) {
    const id = overriddenItem(key);
    if (id === undefined) continue;
    const text = itemIdText(id);
    byId.set(text, override);
    if (override.name !== undefined) holders.set(`${id.kind}:${override.name}`, text);
  }
  return {
    of: (id) => (byId.size === 0 ? undefined : byId.get(itemIdText(id))),
    holderOf: (kind, name) => (holders.size === 0 ? undefined : holders.get(`${kind}:${name}`)),
  };
}

/** What is wrong with what is said of an item. */
export interface OverrideProblem {
  readonly key: string;
  readonly text: string;
}

/** @param config accepted by `overridesSchema` */
export function overrideProblems(config: {
  readonly items?: OverridesConfig;
  readonly maxNameLength: number;
}): readonly OverrideProblem[] {
  const seen = new Map<string, string>();
  const named = new Map<string, string>();
  const problems: OverrideProblem[] = [];
  for (const [key, { name }] of Object.entries(config.items ?? {})) {
    const id = overriddenItem(key);
    const text =
      id === undefined
        ? `"${key}" names no item; write <upstream>/<original name>, or with its kind in front, as in prompt:crm/greet`
        : (taken(seen, itemIdText(id), key, (other) => `"${other}" is the same item`) ??
          (name === undefined
            ? undefined
            : (nameProblem(id, name, config.maxNameLength) ??
              taken(
                named,
                `${id.kind}:${name}`,
                key,
                (other) => `"${name}" is "${other}" already`,
              ))));
    if (text !== undefined) problems.push({ key, text });
  }
  return problems;
}

function taken(
  known: Map<string, string>,
  what: string,
  key: string,
  say: (other: string) => string,
): string | undefined {
  const other = known.get(what);
  if (other !== undefined) return say(other);
  known.set(what, key);
  return undefined;
}

function nameProblem({ kind }: ItemId, name: string, maxNameLength: number): string | undefined {
  if (kind !== 'tool' && kind !== 'prompt') return 'only tools and prompts get another name';
  if (name.length > maxNameLength) return `the name is longer than maxNameLength, ${maxNameLength}`;
  return looksGenerated(name)
    ? `"${name}" looks like a name that the gateway makes, and could come to mean two items; do not begin it with <upstream>__ or end it like a hash`
    : undefined;
}
