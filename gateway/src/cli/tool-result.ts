/** A tool's result as people read it. */
import { printable } from '../config/index.ts';
import type { Output } from './output.ts';

/**
 * Prints text as it is (printable on a terminal), structured content where there is no text, and
 * everything else as one line that says what it is.
 */
export function showContent(
  out: Output,
  result: Readonly<Record<string, unknown>>,
  to: 'stdout' | 'stderr',
): void {
  if (out.json) return;
  const stream = out.surroundings[to];
  const { content, structuredContent } = result;
  const blocks = Array.isArray(content) ? content.filter(isRecord) : [];
  const lines = blocks.map(describe);
  if (structuredContent !== undefined && !blocks.some((block) => block['type'] === 'text')) {
    lines.push(JSON.stringify(structuredContent, null, 2));
  }
  for (const line of lines) {
    stream.write(`${stream.isTTY === true ? printable(line) : line}\n`);
  }
}

function describe(block: Readonly<Record<string, unknown>>): string {
  const { type, text, data, mimeType, uri, name, resource } = block;
  if (type === 'text' && typeof text === 'string') return text;
  if ((type === 'image' || type === 'audio') && typeof data === 'string') {
    const bytes = Math.floor((data.length * 3) / 4);
    return `[${type}, ${String(mimeType)}, about ${bytes} bytes; --json shows it]`;
  }
  if (type === 'resource_link') return `[link to ${String(name)}: ${String(uri)}]`;
  if (type === 'resource' && isRecord(resource)) {
    const inner = resource['text'];
    return typeof inner === 'string' ? inner : `[resource ${String(resource['uri'])}]`;
  }
  return JSON.stringify(block);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
