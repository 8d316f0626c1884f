/** The asking server over Streamable HTTP. */
import type { ServerResponse } from 'node:http';
import { AskingBrain, type Message } from './asking-brain.ts';
import { openStream, startPeer, type HttpPeer } from './http-peer.ts';

export async function startAsking(era: 'modern' | 'legacy'): Promise<HttpPeer> {
  const open = new Set<ServerResponse>();
  const brain = new AskingBrain(era === 'modern', () => {
    for (const response of open) response.destroy();
  });
  return startPeer((request, response) => {
    if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
    const message = request.message as Message;
    if (message.method === 'initialize') response.setHeader('mcp-session-id', 's1');
    if (message.method === undefined || message.id === undefined) {
      response.writeHead(202).end();
      return brain.take(message, () => {});
    }
    open.add(response);
    response.once('close', () => open.delete(response));
    openStream(response);
    brain.take(message, (said, isLast) => {
      response.write(`data: ${JSON.stringify(said)}\n\n`);
      if (isLast === true) response.end();
    });
  });
}
