/** `drawbridge admin`: for whoever can read the state folder, beside a gateway that may be running. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { issueCode } from '../../admin/index.ts';
import { systemClock } from '../../kernel/index.ts';
import { STORE_FILE, openStore } from '../../store/index.ts';
import { configFile, type CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { timeText } from '../key-times.ts';
import type { Output } from '../output.ts';
import { loadOrFail } from '../session.ts';
import { lookAround } from '../stdio/look-around.ts';

export type AdminOptions = CommonOptions;

/** Exit 0 with a new one-time code on standard output, and nothing else there. */
export async function runAdminCode(out: Output, options: AdminOptions): Promise<ExitCode> {
  let stateDir = lookAround(configFile(out, options), out.surroundings.env)?.stateDir;
  if (stateDir === undefined) {
    const loaded = await loadOrFail(out, options);
    if (typeof loaded === 'number') return loaded;
    stateDir = resolve(loaded.directory, loaded.value.server.stateDir);
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const store = await openStore(join(stateDir, STORE_FILE));
  try {
    const { text, expiresMs } = await issueCode(store.adminCodes, systemClock.nowMs());
    out.result({ ok: true, code: text, expires: new Date(expiresMs).toISOString() });
    out.line(text);
    if (!out.json) {
      out.note(`Good once, until ${timeText(expiresMs)}; any code before it is void.`);
    }
    return EXIT.ok;
  } finally {
    await store.close();
  }
}
