import { expect, test } from 'vitest';
import { legacyCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';

/** A server of the given revision; it says everything but its first answer in arrays. */
const SERVER = `
const say = (text) => process.stdout.write(text + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const answer = (result) => JSON.stringify({ jsonrpc: '2.0', id, result });
  if (method === 'initialize') {
    const serverInfo = { name: 's', version: '1' };
    say('[{"level":"info"}] is a log line');
    say(answer({ protocolVersion: process.argv[1], capabilities: { tools: {} }, serverInfo }));
  } else if (id !== undefined && method !== undefined) {
    const log = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}';
    say('[' + log + ', ' + answer({ content: [] }) + ']');
    if (process.argv[1] !== '2025-03-26') say(answer({ content: [] }));
  }
});`;

test.each([
  ['2025-03-26', 1],
  ['2025-06-18', 0],
])('messages in an array of a server of %s', async (revision, events) => {
  const mcp = { command: process.execPath, args: ['-e', SERVER, revision], era: '2025-11-25' };
  await using world = upstreamWorld({ up: { mcp } });
  const { recorder } = world.call(legacyCall('echo'), { dialect: 'legacy' });
  expect(await recorder.outcome()).toContain('"content":[]');
  expect(recorder.events).toHaveLength(events);
});
