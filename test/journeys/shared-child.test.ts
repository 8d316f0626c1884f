/** Many sessions of one principal with equal capabilities stand on one stdio child. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startGateway } from '../kit/gateway.ts';
import { sendRaw } from '../kit/modern-request.ts';

const SERVER = fileURLToPath(new URL('../kit/children/counting-server.ts', import.meta.url));
const SESSIONS = 1000;

async function openSession(url: string): Promise<string> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: { roots: {} },
      clientInfo: { name: 'many', version: '1' },
    },
  });
  const answer = await sendRaw(url, body, {});
  expect(answer.status).toBe(200);
  return answer.headers.get('mcp-session-id') ?? '';
}

/** Processes of this machine whose command line names the server. */
function processesOf(script: string, marker: string): number {
  const isOne = (pid: string): boolean => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.includes(script) && words.includes(marker);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOne(name)).length;
}

test('a thousand sessions of one principal use one child', async () => {
  const marker = `marker-${process.pid}`;
  await using gateway = await startGateway({
    upstreams: {
      count: { mcp: { command: process.execPath, args: [SERVER, marker], era: '2025-11-25' } },
    },
  });
  const answers = new Set<number>();
  for (let done = 0; done < SESSIONS; done += 50) {
    const batch = Array.from({ length: 50 }, async (_, index) => {
      const session = await openSession(gateway.url);
      const body = `{"jsonrpc":"2.0","id":${index},"method":"tools/call","params":{"name":"count__next"}}`;
      const answer = await sendRaw(gateway.url, body, {
        'mcp-session-id': session,
        'mcp-protocol-version': '2025-11-25',
      });
      const last = JSON.parse(answer.messages.at(-1) ?? '{}');
      expect(last.id).toBe(index);
      answers.add(Number(last.result.content[0].text));
    });
    await Promise.all(batch);
  }
  // Every call got its own number from the one counter.
  expect(answers.size).toBe(SESSIONS);
  expect(Math.max(...answers)).toBe(SESSIONS);
  // One child for all of them, and one that is told of no capabilities, which the gateway lists from.
  expect(processesOf(SERVER, marker)).toBe(2);
});
