/**
 * Does what a newcomer does: `npm start`, connect a client to the address it prints, list the tools
 * and call one of every example upstream. Then SIGTERM, after which nothing may be left running.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { parentsOf, processes } from './processes.ts';

/** Within this the first calls are done on a machine that has nothing else to do. */
const PROMISED_MS = 5_000;
/** A machine that is busy or slow is no fault of the gateway. */
const LIST_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 20_000;
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/mcp\b/;

/** Arguments for tools that need some; of the others the first one without is called. */
const ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  echo: { message: 'hello' },
  list_allowed_directories: {},
  read_graph: {},
};

/** The ids of the upstreams in the configuration that `npm start` uses. */
async function exampleUpstreams(): Promise<readonly string[]> {
  const text = await readFile('examples/first-run/drawbridge.yaml', 'utf8');
  const section = /^upstreams:\n((?:(?: .*|#.*)?\n)+)/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^ {2}([a-z][a-z0-9-]*):/gm)].flatMap((match) => match[1] ?? []);
}

/** Polls until there is an answer; refuses after the deadline. */
async function until<T>(
  what: string,
  deadlineMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  while (performance.now() < deadlineMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await wait(50);
  }
  throw new Error(`Waited in vain for ${what}.`);
}

function needsNothing(tool: Tool): boolean {
  return (tool.inputSchema.required ?? []).length === 0;
}

/** A tool of the upstream that can be called without knowing more, and its arguments. */
function choose(tools: readonly Tool[], upstream: string) {
  const own = tools.filter((tool) => tool.name.startsWith(`${upstream}__`));
  const original = (tool: Tool) => tool.name.slice(upstream.length + 2);
  const known = own.find((tool) => Object.hasOwn(ARGUMENTS, original(tool)));
  const tool = known ?? own.find(needsNothing);
  return tool && { name: tool.name, arguments: ARGUMENTS[original(tool)] ?? {} };
}

async function isReady(address: string): Promise<true | undefined> {
  try {
    const response = await fetch(new URL('/readyz', address));
    return response.status === 200 ? true : undefined;
  } catch {
    return undefined;
  }
}

/** Lists until every upstream shows a tool, then calls one of each. */
async function useTools(address: string, upstreams: readonly string[], deadlineMs: number) {
  const client = new Client(
    { name: 'first-run', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(address)));
  const calls = await until(`a tool of each of ${upstreams.join(', ')}`, deadlineMs, async () => {
    const { tools } = await client.listTools(undefined, { cacheMode: 'refresh' });
    const chosen = upstreams.flatMap((upstream) => choose(tools, upstream) ?? []);
    return chosen.length === upstreams.length ? chosen : undefined;
  });
  for (const call of calls) {
    const result = await client.callTool(call);
    if (result.isError === true) throw new Error(`${call.name}: ${JSON.stringify(result.content)}`);
    process.stdout.write(`  ${call.name} answers\n`);
  }
  await client.close();
}

/** The process of the gateway among those that `npm start` has begun. */
async function gatewayOf(npm: number): Promise<number> {
  const all = await processes();
  const found = all.find(
    ({ pid, command }) =>
      /^\S*node\b.*examples\/start\.ts/.test(command) && parentsOf(pid, all).includes(npm),
  );
  if (found === undefined) throw new Error('npm start has begun no examples/start.ts.');
  return found.pid;
}

async function firstRun(): Promise<void> {
  const upstreams = await exampleUpstreams();
  if (upstreams.length < 2) throw new Error('The examples have fewer than two upstreams.');
  const startedMs = performance.now();
  const npm = spawn('npm', ['start'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(npm, 'exit');
  const npmPid = npm.pid ?? 0;
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  try {
    const deadlineMs = startedMs + LIST_WITHIN_MS;
    const address = await until('the address', deadlineMs, () => ADDRESS.exec(output)?.[0]);
    await until('GET /readyz to answer 200', deadlineMs, () => isReady(address));
    await useTools(address, upstreams, deadlineMs);
    const tookMs = Math.round(performance.now() - startedMs);
    const late = tookMs > PROMISED_MS ? `, which is later than ${PROMISED_MS} ms` : '';
    process.stdout.write(`First calls ${tookMs} ms after npm start${late}.\n`);

    const gateway = await gatewayOf(npmPid);
    const before = await processes();
    const ours = before.filter(({ pid }) => parentsOf(pid, before).includes(gateway));
    process.kill(gateway, 'SIGTERM');
    const [code] = await Promise.race([
      exited,
      wait(STOP_WITHIN_MS, ['no exit in time'], { ref: false }),
    ]);
    if (code !== 0) throw new Error(`After SIGTERM npm start ended with ${String(code)}.`);
    const left = (await processes()).filter((one) => ours.some(({ pid }) => pid === one.pid));
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    if (left.length > 0) throw new Error(`Still running: ${JSON.stringify(left)}`);
    process.stdout.write('SIGTERM: exit code 0, nothing left running.\n');
  } catch (error) {
    process.stderr.write(`${output}\n`);
    const all = await processes();
    for (const { pid } of all)
      if (parentsOf(pid, all).includes(npmPid)) process.kill(pid, 'SIGKILL');
    npm.kill('SIGKILL');
    throw error;
  }
}

await firstRun();
