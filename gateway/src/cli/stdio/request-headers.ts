/** Headers that a message of 2026-07-28 is sent with (Streamable HTTP, "Standard headers"). */
import { LATEST_MODERN, ROOT, type MethodRow } from '../../kernel/index.ts';
import { mirrored } from '../param-headers.ts';
import type { Incoming } from './incoming.ts';

/** Members that name what other methods are about, beside those of the method table. */
const NAMED_ELSEWHERE: Readonly<Record<string, string>> = {
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** @param row the method's row, undefined where it is not one of ours */
export function modernHeaders(
  { view, method, revision }: Incoming,
  row: MethodRow | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    'mcp-protocol-version': revision === '' ? LATEST_MODERN : headerText(revision),
    'mcp-method': headerText(method),
  };
  const member = row?.named ?? NAMED_ELSEWHERE[method];
  const name =
    member === undefined
      ? undefined
      : view.string(view.member(view.member(ROOT, 'params'), member));
  return name === undefined ? headers : { ...headers, 'mcp-name': mirrored(name) };
}

/** Anything else could not be sent as a header at all; the gateway says what is wrong with it. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 200);
}
