/** Reads the tools' definitions for a client that calls without having listed. */
import { ROOT, type Clock } from '../../kernel/index.ts';
import { askOnce } from './ask-once.ts';
import type { Incoming } from './incoming.ts';
import type { Peer } from './peer.ts';
import type { ToolHeaders } from './tool-headers.ts';

const PATIENCE_MS = 30_000;
const MAX_PAGES = 64;

/** Lists all tools under the envelope of `call`, and notes which headers they ask for. */
export async function learnTools(
  peer: Peer,
  tools: ToolHeaders,
  call: Incoming,
  clock: Clock,
): Promise<void> {
  const { view, revision } = call;
  const meta = view.raw(view.member(view.member(ROOT, 'params'), '_meta'));
  let cursor: string | undefined = undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params: string = cursor === undefined ? '' : `,"cursor":${JSON.stringify(cursor)}`;
    const message = `{"jsonrpc":"2.0","id":"drawbridge:tools","method":"tools/list","params":{"_meta":${meta}${params}}}`;
    const headers = { 'mcp-protocol-version': revision, 'mcp-method': 'tools/list' };
    const asking = { httpMethod: 'POST', headers, message: Buffer.from(message) } as const;
    const { status, text } = await askOnce(peer, asking, clock, PATIENCE_MS);
    cursor = status === 200 ? tools.learn(text) : undefined;
    if (cursor === undefined) return;
  }
}
