/** Feeds as resources (2026-07-28, server/resources). */
import {
  Refusal,
  stringifyExact,
  type JsonObject,
  type Principal,
  type RawItem,
  type Terminal,
} from '../../kernel/index.ts';
import type { FeedHead, Feeds } from './contract.ts';

const MIME_TYPE = 'application/json';
const ABOUT = 'JSON with the last events, the oldest first. Subscribe to it to hear of new ones.';

/** The listed resource, or resource template. */
export function feedItem({ name, title, description, uri, isTemplate }: FeedHead): RawItem {
  const text = description === '' ? ABOUT : `${description}\n\n${ABOUT}`;
  const definition = { name, title, description: text, mimeType: MIME_TYPE };
  const place = isTemplate ? { uriTemplate: uri } : { uri };
  return { name: uri, definition: Buffer.from(stringifyExact({ ...place, ...definition })) };
}

/** The result of `resources/read`. @param text JSON */
export function feedContents(uri: string, text: string): JsonObject {
  return { contents: [{ uri, mimeType: MIME_TYPE, text }] };
}

/** @returns `resource_unknown` where there is no such feed, or none at all */
export function readFeed(
  feeds: Feeds | undefined,
  uri: string,
  principal: Principal,
): JsonObject | Refusal {
  if (feeds?.owns(uri) === true) return feeds.read(uri, principal);
  return new Refusal('resource_unknown', { data: { uri } });
}

/** @returns why nothing will ever be told of it; undefined for what is no feed, too */
export function watchFeed(
  feeds: Feeds | undefined,
  uri: string,
  principal: Principal,
): Refusal | undefined {
  return feeds?.owns(uri) === true ? feeds.watch(uri, principal) : undefined;
}

/** Nothing of it may be kept by anybody on the way: the next read may be another one. */
export function readMessage(read: JsonObject | Refusal): Terminal {
  if (read instanceof Refusal) return read;
  const cache = { ttlMs: 0, scope: 'private' } as const;
  return { kind: 'local', result: stringifyExact(read), cache };
}
