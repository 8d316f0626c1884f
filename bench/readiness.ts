import { request, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { keyHeader, listBody, modernHeaders } from './messages.ts';
import { listenersOn, verifyListener } from './ports.ts';
import { hasEnded, outputTail, type Started } from './processes.ts';

const START_LIMIT_MS = 20_000;
const POLL_MS = 25;
const ANSWER_LIMIT_MS = 5000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Waits until the process listens on the port, and makes sure that it is this process. */
export async function untilListening(started: Started, port: number): Promise<void> {
  await until(started, `did not listen on port ${port}`, async () => listenersOn(port).length > 0);
  verifyListener(started.name, started.pid, port);
}

/** Waits until `path` answers 200. */
export async function untilReady(started: Started, port: number, path: string): Promise<void> {
  await until(started, `did not answer 200 to GET ${path}`, async () => {
    const answer = await exchange(port, 'GET', path, {}, '').catch(() => undefined);
    return answer?.status === 200;
  });
}

/** Throws unless `tools/list` at the port names the tool. */
export async function verifyTool(
  name: string,
  port: number,
  tool: string,
  key = '',
): Promise<void> {
  const { status, body } = await exchange(
    port,
    'POST',
    '/mcp',
    { ...modernHeaders('tools/list'), ...keyHeader(key) },
    listBody(),
  );
  const names = status === 200 ? toolNames(body) : [];
  if (names.includes(tool)) return;
  throw new Error(
    `${name} does not list the tool "${tool}"; status ${status}: ${body.slice(0, 500)}`,
  );
}

/** The names in an answer to `tools/list`, as JSON or as the last event of a stream. */
export function toolNames(body: string): string[] {
  const events = body.split('\n').filter((line) => line.startsWith('data:'));
  const message = JSON.parse(events.at(-1)?.slice('data:'.length) ?? body);
  const tools: unknown = message?.result?.tools;
  return Array.isArray(tools) ? tools.map((tool) => String(tool?.name)) : [];
}

async function until(
  started: Started,
  otherwise: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS;
  while (!(await condition())) {
    const reason = hasEnded(started)
      ? 'ended early'
      : performance.now() > limit
        ? `${otherwise} within ${START_LIMIT_MS} ms`
        : undefined;
    if (reason !== undefined) throw new Error(`${started.name} ${reason}:\n${outputTail(started)}`);
    await delay(POLL_MS);
  }
}

function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const options = { host: '127.0.0.1', port, method, path, headers, signal, agent: false };
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('error', reject);
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
