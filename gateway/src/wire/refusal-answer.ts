/** Refusals as the eras of MCP say them. */
import { docsAnchor, type Exchange, type OutHeaders, type Refusal } from '../kernel/index.ts';
import type { DialectEncoder, Encoded } from './dialect.ts';

export const JSON_HEADERS: OutHeaders = [
  'content-type',
  'application/json',
  'cache-control',
  'no-store',
];

/** The gateway's own no: for the model where it can do something about it, else an error. */
export function refusalAnswer(x: Exchange, refusal: Refusal, dialect: DialectEncoder): Encoded {
  const row = dialect.codes[refusal.reason];
  const { retryAfterSeconds, challenge } = refusal.detail;
  const headers = [...JSON_HEADERS];
  if (challenge !== undefined) headers.push('www-authenticate', challenge);
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  if (row.status === 405) headers.push('allow', 'POST, GET, DELETE');
  const isForTheModel = row.asToolError || isWrongInside(x, refusal);
  if (isForTheModel && x.call?.method === 'tools/call' && x.rawId !== '') {
    const content = `[{"type":"text","text":${JSON.stringify(refusal.text)}}]`;
    const meta = dialect.toolErrorMembers(refusal.reason);
    const result = `{${meta}"content":${content},"isError":true}`;
    return { status: 200, headers, body: frame(x.rawId, `"result":${result}`) };
  }
  const data = { reason: refusal.reason, docs: docsAnchor(refusal.reason), ...refusal.detail.data };
  const error = { code: row.code, message: refusal.text, data };
  const body = frame(x.rawId, `"error":${JSON.stringify(error)}`);
  // What cannot be answered is refused by its status alone (Streamable HTTP, both eras).
  const status = row.status === 200 && x.rawId === '' ? 400 : row.status;
  return { status, headers, body };
}

/** A tool that `call_tool` names is one of its arguments, so an unknown one is a wrong argument. */
function isWrongInside(x: Exchange, { reason }: Refusal): boolean {
  return x.via !== '' && reason === 'item_unknown';
}

/** A response. Without a known id the member is left out (2026-07-28: errors before the id was read). */
export function frame(rawId: string, rest: string): string {
  return rawId === '' ? `{"jsonrpc":"2.0",${rest}}` : `{"jsonrpc":"2.0","id":${rawId},${rest}}`;
}
