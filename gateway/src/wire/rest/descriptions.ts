/** The OpenAPI documents that were given out lately, each under the digest of what it is made of. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Exchange, type OutHeaders } from '../../kernel/index.ts';
import type { Encoded } from '../dialect.ts';
import { header } from '../headers.ts';
import { openApiDocument, type DocumentSettings } from './openapi.ts';

/** Bytes of documents that are remembered. */
const MAX_CACHED_BYTES = 32 * 1024 * 1024;
/** Changes whenever the same tools are described in other words. */
const FORMAT = '2';

/** Must be asked again each time, and costs nothing while nothing has changed. */
const CACHE: OutHeaders = [
  'cache-control',
  'private, no-cache',
  'x-content-type-options',
  'nosniff',
];

export class Descriptions {
  private readonly settings: DocumentSettings;
  private readonly documents = new LRUCache<string, Buffer>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: (document) => document.length,
  });

  constructor(settings: DocumentSettings) {
    this.settings = settings;
  }

  /** @param tools the catalog's list of all tools, as JSON text */
  answer(x: Exchange, tools: string): Encoded {
    const tag = this.tagOf(x.endpoint, tools);
    const headers = [...CACHE, 'etag', tag];
    if (isKnown(header(x.head, 'if-none-match'), tag)) return { status: 304, headers, body: '' };
    const body = this.documents.get(tag) ?? this.make(tag, x.endpoint, tools);
    return { status: 200, headers: ['content-type', 'application/json', ...headers], body };
  }

  /** The same on every replica and after every restart, as long as the document is the same. */
  private tagOf(endpoint: string, tools: string): string {
    const { publicUrl, version } = this.settings;
    const hash = createHash('sha256');
    hash.update(JSON.stringify([FORMAT, version, publicUrl, endpoint]));
    return `"${hash.update(tools).digest('base64url')}"`;
  }

  private make(tag: string, endpoint: string, tools: string): Buffer {
    const document = Buffer.from(openApiDocument(tools, endpoint, this.settings));
    this.documents.set(tag, document);
    return document;
  }
}

/** A weak comparison (RFC 9110, section 13.1.2). */
function isKnown(ifNoneMatch: string, tag: string): boolean {
  return ifNoneMatch.split(',').some((known) => {
    const text = known.trim();
    return text === '*' || text === tag || text === `W/${tag}`;
  });
}
