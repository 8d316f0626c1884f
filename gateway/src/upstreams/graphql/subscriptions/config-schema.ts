/** `graphql.subscriptions` of an upstream: which subscriptions become feeds, and how they are opened. */
import { z } from 'zod';
import { DEFAULT_FEED_LIMITS, type FeedLimits } from '../../feeds/contract.ts';

const names = z
  .array(z.string().regex(/^[\w*]+$/, 'must be a field such as "orderAdded" or "order*"'))
  .min(1);

const address = z.string().superRefine((text, context) => {
  const url = URL.parse(text);
  const message =
    url === null || !/^(?:wss?|https?):$/.test(url.protocol)
      ? 'must be an address that begins with wss, ws, https or http'
      : url.username + url.password + url.hash === ''
        ? ''
        : 'must not hold a name, password or fragment; write auth or headers beside it';
  if (message !== '') context.addIssue({ code: 'custom', message });
});

const bound = (least: number, most: number, otherwise: number) =>
  z.number().int().min(least).max(most).default(otherwise);

const section = z.strictObject({
  include: names.optional().describe('Only these fields of the root; "*" for anything.'),
  url: address.optional().describe('Where they are opened; graphql.url where left out.'),
  transport: z
    .enum(['auto', 'websocket', 'sse'])
    .default('auto')
    .describe('graphql-transport-ws, or server-sent events; auto tries them in this order.'),
  credentialsIn: z
    .enum(['both', 'headers', 'connection_init'])
    .default('both')
    .describe(
      'Where a WebSocket carries credentials: in its handshake, its first message, or both.',
    ),
  connectionInit: z
    .record(z.string(), z.string())
    .default({})
    .describe('What else the first message of a WebSocket holds.'),
  maxEvents: bound(1, 10_000, DEFAULT_FEED_LIMITS.maxEvents).describe('Events kept of each.'),
  maxBytes: bound(1024, 64 * 1024 * 1024, DEFAULT_FEED_LIMITS.maxBytes).describe(
    'Bytes kept of each.',
  ),
  maxMessageBytes: bound(1024, 8 * 1024 * 1024, 256 * 1024).describe('Longest event taken, bytes.'),
  maxPerSecond: bound(1, 10_000, DEFAULT_FEED_LIMITS.maxPerSecond).describe(
    'Events taken of each within a second.',
  ),
  idleSeconds: bound(1, 86_400, DEFAULT_FEED_LIMITS.idleMs / 1000).describe(
    'How long one stays open that nobody reads or is subscribed to.',
  ),
  maxOpen: bound(1, 1000, DEFAULT_FEED_LIMITS.maxOpen).describe('Open at the same time.'),
});

export const subscriptionsSchema = z
  .union([z.boolean(), names, section])
  .describe('Subscriptions as resources: true for all, or the fields of the root; off by default.');

export type SubscriptionsConfig = z.infer<typeof section>;
export type SubscriptionsWritten = z.infer<typeof subscriptionsSchema> | undefined;

/** @returns undefined where they are off */
export function subscriptionsConfig(
  written: SubscriptionsWritten,
): SubscriptionsConfig | undefined {
  if (written === undefined || written === false) return undefined;
  if (written === true) return section.parse({});
  return Array.isArray(written) ? section.parse({ include: written }) : written;
}

export function limitsOf(config: SubscriptionsConfig): FeedLimits {
  const { maxEvents, maxBytes, maxPerSecond, idleSeconds, maxOpen } = config;
  const maxOpenOfOne = Math.max(1, Math.ceil(maxOpen / 4));
  return { maxEvents, maxBytes, maxPerSecond, idleMs: idleSeconds * 1000, maxOpen, maxOpenOfOne };
}
