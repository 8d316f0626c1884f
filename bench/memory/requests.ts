import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

const ANSWER_LIMIT_MS = 60_000;

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Posts a body and reads the whole answer. */
export function post(
  url: string,
  agent: Agent | false,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const whole = { ...headers, 'Content-Length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method: 'POST', agent, headers: whole, signal }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('error', reject);
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Opens a stream on a connection of its own; resolves with its head. */
export function openStream(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'GET', agent: false, headers }, (incoming) => {
      if (incoming.statusCode === 200) resolve(incoming);
      else reject(new Error(`a stream was answered with ${incoming.statusCode}`));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Does a task `count` times, a few at once. */
export async function inTurn(
  count: number,
  atOnce: number,
  task: (at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
