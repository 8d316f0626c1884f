/** Many callers with colliding ids at one gateway over shared upstreams of both eras. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bearer, openKeys } from '../kit/api-keys.ts';
import { startGateway } from '../kit/gateway.ts';
import { Principal, type Deed } from './principal.ts';

const SERVERS = fileURLToPath(new URL('../kit/children/marking-servers.ts', import.meta.url));

export interface IsolationResult {
  readonly calls: number;
  readonly principals: number;
  readonly deeds: Readonly<Partial<Record<Deed, number>>>;
  readonly seconds: number;
}

/**
 * @param onCalls told how many calls have been made so far, now and then
 * @throws as soon as anybody hears anything that is not theirs
 */
export async function runIsolation(
  calls: number,
  principals: number,
  onCalls: (calls: number) => void = () => undefined,
): Promise<IsolationResult> {
  const servers = spawn(process.execPath, [SERVERS, 'http', String(principals)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: servers.stdout }), 'line')) as [string];
    const [modern = '', legacy = ''] = JSON.parse(line) as string[];
    await using gateway = await startGateway(configuration(modern, legacy, principals));
    await using keys = await openKeys(gateway.stateDir);
    const all: Principal[] = [];
    for (let at = 0; at < principals; at++) {
      const { authorization } = bearer((await keys.add({ user: `p${at}` })).text);
      all.push(new Principal(gateway.gateway, at, authorization, principals));
    }
    for (const each of all) await each.begin();
    const startedMs = performance.now();
    let left = calls;
    const work = async (principal: Principal): Promise<void> => {
      while (left > 0) {
        if (--left % 10_000 === 0) onCalls(calls - left);
        await principal.act();
      }
      principal.end();
    };
    await Promise.all(all.map((each) => work(each)));
    const seconds = (performance.now() - startedMs) / 1000;
    return { calls, principals, deeds: sumOf(all), seconds };
  } finally {
    servers.kill();
  }
}

function configuration(modern: string, legacy: string, principals: number) {
  const own = Array.from({ length: principals }, (_, at) => ({
    who: { users: [`p${at}`] },
    allow: [`tool:*/u${at}`],
  }));
  return {
    identity: { keys: true },
    upstreams: {
      modern: { mcp: { url: modern, era: '2026-07-28' } },
      legacy: { mcp: { url: legacy, era: '2025-11-25' }, shared: true },
      piped: {
        mcp: { command: process.execPath, args: [SERVERS, 'stdio', String(principals)] },
        shared: true,
      },
    },
    policy: { rules: [{ allow: ['tool:*/work', 'resource:*/*', 'template:*/*'] }, ...own] },
    audit: { file: '/dev/null' },
  };
}

function sumOf(all: readonly Principal[]): IsolationResult['deeds'] {
  const sum: Partial<Record<Deed, number>> = {};
  for (const { counts } of all) {
    for (const [deed, count] of counts) sum[deed] = (sum[deed] ?? 0) + count;
  }
  return sum;
}
