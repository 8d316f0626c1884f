/** A tool's success as an HTTP body: its structured content, or its one block, or all of them. */
import type { OutHeaders } from '../../kernel/index.ts';
import { accepts, type AnswerForm } from './accept.ts';
import type { Head } from '../../kernel/index.ts';
import { partBytes, type Given } from './problem.ts';

export interface ResultBody {
  readonly headers: OutHeaders;
  readonly body: Buffer | string;
}

const JSON_BODY: OutHeaders = ['content-type', 'application/json'];

/** What a stranger wrote must never run as a page of this origin. */
const FOREIGN: OutHeaders = ['content-security-policy', "default-src 'none'; sandbox"];

/** The body of a success, in the form that was asked for. */
export function resultBody(head: Head, given: Given, form: AnswerForm): ResultBody {
  if (form !== 'plain') return { headers: JSON_BODY, body: jsonResult(given) };
  const isJsonWelcome = accepts(head, 'application/json');
  const hasStructure = given.view.member(given.value, 'structuredContent') >= 0;
  const blocks = isJsonWelcome && hasStructure ? [] : blocksOf(given);
  // Who takes no JSON is meant to have the one block that it takes, whatever stands beside it.
  const fitting = isJsonWelcome
    ? blocks.filter((block) => !block.isForModels)
    : blocks.filter((block) => accepts(head, typeOf(block)));
  return onlyBlock(fitting) ?? { headers: JSON_BODY, body: jsonResult(given) };
}

/** The structured content byte for byte, or `{"content":[…]}` where there is none. */
export function jsonResult(given: Given): Buffer {
  const { view, value, edits } = given;
  const structured = view.member(value, 'structuredContent');
  if (structured >= 0) return partBytes({ view, value: structured, edits });
  const content = view.member(value, 'content');
  if (content < 0) return Buffer.from('{"content":[]}');
  const blocks = partBytes({ view, value: content, edits });
  return Buffer.concat([Buffer.from('{"content":'), blocks, Buffer.from('}')]);
}

/** All texts of a result, one under the other. */
export function textOf(given: Given): string {
  return blocksOf(given)
    .filter((block) => block.type === 'text')
    .map((block) => block.text)
    .join('\n');
}

interface Block {
  readonly type: string;
  readonly text: string;
  readonly data: string;
  readonly mimeType: string;
  /** Says something that only a model needs (2026-07-28, annotations: `audience`). */
  readonly isForModels: boolean;
}

function typeOf({ type, mimeType }: Block): string {
  if (type === 'text') return 'text/plain';
  return type === 'image' || type === 'audio' ? mimeType.toLowerCase() : '';
}

function onlyBlock(blocks: readonly Block[]): ResultBody | undefined {
  const [block, ...more] = blocks;
  if (block === undefined || more.length > 0) return undefined;
  if (block.type === 'text') {
    const headers = ['content-type', 'text/plain; charset=utf-8', ...FOREIGN];
    return { headers, body: block.text };
  }
  if (block.type !== 'image' && block.type !== 'audio') return undefined;
  return mediaBody(block);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Undefined where the bytes or their type are not what the block says they are. */
function mediaBody({ type, data, mimeType }: Block): ResultBody | undefined {
  const isTyped =
    mimeType.startsWith(`${type}/`) && /^[a-z]+\/[A-Za-z0-9.+-]{1,64}$/.test(mimeType);
  if (!isTyped || !BASE64.test(data) || data.length % 4 === 1) return undefined;
  return { headers: ['content-type', mimeType, ...FOREIGN], body: Buffer.from(data, 'base64') };
}

function blocksOf({ view, value, edits }: Given): readonly Block[] {
  const content = view.member(value, 'content');
  if (view.kind(content) !== 'array') return [];
  const blocks: unknown = JSON.parse(partBytes({ view, value: content, edits }).toString('utf8'));
  return Array.isArray(blocks) ? blocks.map(readBlock) : [];
}

function readBlock(block: unknown): Block {
  const text = (key: string): string => {
    const member = memberOf(block, key);
    return typeof member === 'string' ? member : '';
  };
  const audience = memberOf(memberOf(block, 'annotations'), 'audience');
  const isForModels = Array.isArray(audience) && audience.length > 0 && !audience.includes('user');
  return {
    type: text('type'),
    text: text('text'),
    data: text('data'),
    mimeType: text('mimeType'),
    isForModels,
  };
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
