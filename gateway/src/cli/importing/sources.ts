/** What `--from` names: a client, or a file of any client's making. */
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { Layout, Machine } from '../clients/client.ts';
import { entriesOf, findEntries, type Findings } from '../clients/entries.ts';
import { CLAUDE_CODE, CODEX, OPENCODE, VS_CODE, ZED } from '../clients/layouts.ts';
import { CLIENTS } from '../clients/table.ts';

/** In a file that was named by itself, the first layout that finds something is its own. */
const LAYOUTS: readonly Layout[] = [
  CODEX,
  CLAUDE_CODE,
  { ...CLAUDE_CODE, keys: ['mcp', 'servers'] },
  VS_CODE,
  ZED,
  OPENCODE,
  { ...CLAUDE_CODE, keys: [] },
];

/** @returns undefined where `from` is neither */
export function findSources(from: string | undefined, machine: Machine): Findings | undefined {
  if (from === undefined) return findEntries(CLIENTS, machine);
  const client = CLIENTS.find(({ id }) => id === from);
  if (client !== undefined) return findEntries([client], machine);
  const file = resolve(machine.project, from);
  if (!existsSync(file)) return undefined;
  return fromFile(file, machine);
}

function fromFile(file: string, machine: Machine): Findings {
  for (const { files, layout } of CLIENTS) {
    const own = files.find(({ path }) => path(machine) === file);
    if (own !== undefined) {
      const keys = own.keys?.(machine) ?? layout.keys;
      return entriesOf(file, { client: '', scope: own.scope, layout: { ...layout, keys } });
    }
  }
  const syntax = extname(file) === '.toml' ? 'toml' : 'json';
  let found: Findings = { entries: [], bad: [] };
  for (const layout of LAYOUTS.filter((each) => each.syntax === syntax)) {
    found = entriesOf(file, { client: '', scope: 'user', layout });
    if (found.entries.length > 0 || found.bad.length > 0) return found;
  }
  return found;
}
