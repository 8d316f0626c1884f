/** A tool's result as the message that goes back (2026-07-28, server/tools, CallToolResult). */
import {
  type Dialect,
  isJsonObject,
  type Json,
  type LocalMessage,
  stringifyExact,
} from '../../kernel/index.ts';
import type { ToolResult } from './results/contract.ts';

/**
 * Errors carry no structured content, which would have to fit the tool's output schema; callers of
 * before 2026-07-28 are given an object whatever it is.
 */
export function resultMessage(result: ToolResult, dialect: Dialect): LocalMessage {
  const { content, structuredContent, isError, meta } = result;
  const members = [`"content":${stringifyExact(content)}`];
  if (isError) members.push('"isError":true');
  else if (structuredContent !== undefined) {
    const value = dialect === 'legacy' ? asObject(structuredContent) : structuredContent;
    members.push(`"structuredContent":${stringifyExact(value)}`);
  }
  // Encoding looks for it at the end.
  if (Object.keys(meta).length > 0) members.push(`"_meta":${stringifyExact(meta)}`);
  const text = `{${members.join(',')}}`;
  return isError
    ? { kind: 'local', result: text, isToolError: true }
    : { kind: 'local', result: text };
}

function asObject(value: Json): Json {
  return isJsonObject(value) ? value : { result: value };
}

/** A result that says what was wrong. */
export function errorResult(text: string, meta: ToolResult['meta'] = {}): ToolResult {
  return { content: [{ type: 'text', text }], structuredContent: undefined, isError: true, meta };
}
