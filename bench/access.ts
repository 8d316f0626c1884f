/** The governed call with everything on: an API key, 100 rules, 1,000 tools, limits. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { STORE_FILE, openStore } from '../gateway/src/store/index.ts';

/** Rules of the policy, the one that allows the call among them. */
export const RULES = 100;
/** Tools that the key may see, the one that is called among them. */
export const TOOLS = 1000;

/** Makes a key of team "bench" in a state folder that nobody uses yet. @returns its text */
export async function makeKey(stateDir: string): Promise<string> {
  const id = randomBytes(6).toString('hex');
  const text = `dbk_${id}_${randomBytes(32).toString('hex')}`;
  const store = await openStore(join(stateDir, STORE_FILE));
  try {
    await store.apiKeys.insert({
      id,
      firstId: id,
      name: 'bench',
      hash: createHash('sha256').update(text).digest('hex'),
      user: '',
      agent: '',
      team: 'bench',
      groups: ['load'],
      scopes: [],
      createdMs: Date.now(),
      expiresMs: undefined,
      revokedMs: undefined,
      replacedBy: '',
      lastUsedDay: '',
    });
  } finally {
    await store.close();
  }
  return text;
}

/** The configuration; its limits are never reached. */
export function accessConfiguration(
  listen: number,
  upstream: number,
  many: number,
  stateDir: string,
): string {
  const others = Array.from({ length: RULES - 2 }, (_, number) => ({
    name: `team ${number}`,
    who: { teams: [`team-${number}`] },
    allow: [`many/tool_${number}*`],
  }));
  const rules = [
    { name: 'bench calls', who: { teams: ['bench'] }, allow: ['bench/*', 'many/*'] },
    { name: 'nobody deletes', deny: ['*/delete_*'] },
    ...others,
  ];
  const limits = [
    { name: 'by key', calls: '1000000 per second', concurrency: 1000 },
    { name: 'by team', per: 'team', resultBytes: '1000GB per day', tokens: '900G per day' },
  ];
  const modern = (port: number) => ({
    mcp: { url: `http://127.0.0.1:${port}/mcp`, era: '2026-07-28' },
  });
  return JSON.stringify({
    server: { listen: `127.0.0.1:${listen}`, stateDir },
    identity: { keys: true },
    upstreams: { bench: modern(upstream), many: modern(many) },
    policy: { rules },
    limits: { rules: limits },
  });
}
