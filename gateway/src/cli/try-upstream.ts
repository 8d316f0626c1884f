/** A gateway for one moment, with one upstream behind it: does it answer, and with which tools? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../compose/index.ts';
import { addUpstream, loadConfig, readBounded, type Entry } from '../config/index.ts';
import { DEFAULT_ENDPOINT } from '../kernel/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { failOnProblems, withGateway, type CommonOptions } from './session.ts';
import { defaultPlace, findSecrets, readSecrets } from './secret-source.ts';
import { listTools, type ListedTool } from './tool-list.ts';

export type Trial =
  | { readonly ok: true; readonly tools: readonly ListedTool[] }
  | { readonly ok: false; readonly why: string };

/** Connects with the entry as it will be written; the state of the real gateway is not touched. */
export async function tryUpstream(
  out: Output,
  { id, entry, file }: { readonly id: string; readonly entry: Entry; readonly file: string },
  options: CommonOptions,
): Promise<Trial | ExitCode> {
  const alone = addUpstream('', id, entry);
  const text = alone.ok ? alone.text : '';
  const { env } = out.surroundings;
  const readFile = (path: string, maxBytes: number) =>
    path === file ? Buffer.from(text) : readBounded(path, maxBytes);
  const real = findSecrets(file, env, readBounded, true) ?? defaultPlace(file, env);
  const names = findSecrets(file, env, readFile)?.names ?? [];
  const loaded = loadConfig({
    file,
    schema: configSchema,
    env,
    readFile,
    secret: await readSecrets({ ...real, names }),
  });
  if (!loaded.ok) return failOnProblems(out, loaded);
  const stateDir = mkdtempSync(join(tmpdir(), 'drawbridge-add-'));
  const config = { ...loaded.value, server: { ...loaded.value.server, stateDir } };
  let trial: Trial = { ok: false, why: 'it gave no list' };
  try {
    await withGateway(out, config, loaded.directory, options, async (gateway) => {
      const list = await listTools(gateway, config, out.surroundings.version, DEFAULT_ENDPOINT);
      const why = list.ok ? list.missing.find((part) => !part.stale)?.why : list.message;
      if (list.ok && (why === undefined || list.tools.length > 0)) {
        trial = { ok: true, tools: list.tools };
      } else if (why !== undefined) trial = { ok: false, why };
      return EXIT.ok;
    });
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
  return trial;
}
