/** What the endpoint's own tools answer. */
import type { LocalMessage } from '../../kernel/index.ts';

/** @param structured JSON text of an object */
export function toolAnswer(structured: string): LocalMessage {
  const content = `[{"type":"text","text":${JSON.stringify(structured)}}]`;
  return { kind: 'local', result: `{"content":${content},"structuredContent":${structured}}` };
}

/** @param text what was wrong, what is allowed, and an example */
export function toolFault(text: string): LocalMessage {
  const content = `[{"type":"text","text":${JSON.stringify(text)}}]`;
  return { kind: 'local', result: `{"content":${content},"isError":true}`, isToolError: true };
}
