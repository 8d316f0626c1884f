/**
 * A stdio server by hand that does what the name of the called tool says. Its first argument is how
 * it takes `server/discover`: modern (answers), legacy (declines), silent, fragile (exits), spoiled
 * (declines it, and everything after it), crashing (exits at once). The variable STARTS names a file
 * to which it adds a line when it starts.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Message {
  id?: string | number | undefined;
  method?: string;
  params?: { name?: string; requestId?: unknown; _meta?: { progressToken?: unknown } };
  result?: unknown;
  error?: unknown;
}

const [, , face = 'legacy'] = process.argv;
const { STARTS } = process.env;
if (STARTS !== undefined) appendFileSync(STARTS, `${process.pid}\n`);
if (face === 'crashing') process.exit(3);

const isModern = face === 'modern';
const CAPABILITIES = { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} };
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const cancelled: unknown[] = [];
let listening: unknown;
let asking: Message | undefined;
let isSpoiled = false;

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function complete(id: unknown, result: object): void {
  send({
    id,
    result: isModern
      ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...result }
      : result,
  });
}

function text(id: unknown, value: unknown): void {
  complete(id, { content: [{ type: 'text', text: JSON.stringify(value) }] });
}

function notify(method: string, params: object = {}): void {
  const meta = isModern && listening !== undefined ? { _meta: { [SUBSCRIPTION]: listening } } : {};
  send({ method, params: { ...params, ...meta } });
}

function call({ id, params = {} }: Message): void {
  const token = params._meta?.progressToken;
  switch (params.name) {
    case 'hang':
      return;
    case 'crash':
      process.stderr.write('it hurts: swordfish-swordfish\n');
      process.exit(3);
    case 'ask':
      asking = { id };
      return send({ id: 'q', method: 'elicitation/create', params: {} });
    case 'progress':
      send({ method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
      send({ method: 'notifications/message', params: { level: 'info', data: 'x' } });
      return text(id, 'done');
    case 'change':
      notify('notifications/tools/list_changed');
      notify('notifications/resources/updated', { uri: 'a://b' });
      return text(id, 'changed');
    case 'noise':
      process.stdout.write('{ this is a log line }\nplain\n');
      return text(id, 'quiet');
    case 'twice':
      text(id, 'once');
      return text(id, 'twice');
    case 'duplicate-key':
      return void process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"a":1,"a":2}}\n`);
    case 'big':
      return text(id, 'x'.repeat(3_000_000));
    case 'cancelled':
      return text(id, cancelled);
    case 'who':
      return text(id, { pid: process.pid, params });
    default:
      send({ id, error: { code: -32602, message: 'no such tool' } });
  }
}

function request(message: Message): void {
  const { id, method = '', params = {} } = message;
  switch (method) {
    case 'server/discover':
      if (face === 'silent') return;
      if (face === 'fragile') process.exit(1);
      isSpoiled = face === 'spoiled';
      if (!isModern) break;
      return complete(id, { supportedVersions: ['2026-07-28'], capabilities: CAPABILITIES });
    case 'initialize':
      if (isModern || isSpoiled) break;
      return complete(id, {
        protocolVersion: '2025-06-18',
        capabilities: CAPABILITIES,
        serverInfo: { name: 'm', version: '1' },
      });
    case 'tools/list':
      return complete(id, { tools: [{ name: 'who', inputSchema: { type: 'object' } }] });
    case 'resources/list':
      return complete(id, { resources: [] });
    case 'tools/call':
      return call(message);
    case 'subscriptions/listen':
      listening = id;
      return notify('notifications/subscriptions/acknowledged', params);
    case 'resources/subscribe':
    case 'logging/setLevel':
      return complete(id, {});
  }
  send({ id, error: { code: -32601, message: 'no such method' } });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  if (message.method === 'notifications/cancelled') cancelled.push(message.params?.requestId);
  else if (message.method !== undefined && message.id !== undefined) request(message);
  else if (message.id === 'q' && asking !== undefined) {
    send({ id: asking.id, error: { code: -1, message: JSON.stringify(message.result) } });
  }
});
