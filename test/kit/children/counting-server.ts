/** A legacy stdio server by hand: one tool, `next`, which counts the calls of this process. */
import { createInterface } from 'node:readline';

interface Message {
  id?: string | number;
  method?: string;
  params?: { name?: string };
}

let count = 0;

function answer(message: Message): unknown {
  switch (message.method) {
    case 'initialize':
      return {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'counting', version: '1' },
      };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: [{ name: 'next', inputSchema: { type: 'object' } }] };
    case 'tools/call':
      count += 1;
      return { content: [{ type: 'text', text: String(count) }] };
    default:
      return undefined;
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  if (message.id === undefined) return;
  const result = answer(message);
  const outcome =
    result === undefined ? { error: { code: -32601, message: 'no such method' } } : { result };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, ...outcome })}\n`);
});
