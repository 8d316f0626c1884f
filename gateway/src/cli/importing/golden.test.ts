import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Machine } from '../clients/client.ts';
import { findEntries } from '../clients/entries.ts';
import { CLIENTS } from '../clients/table.ts';
import { asWritten } from './document.ts';
import { planImport } from './plan.ts';

const GOLDEN = fileURLToPath(new URL('../../../../test/kit/client-files', import.meta.url));

/** Which file of a client each golden file stands for. */
const FILES: readonly (readonly [golden: string, client: string, at: number])[] = [
  ['claude-desktop.json', 'claude-desktop', 0],
  ['claude-code-user.json', 'claude-code', 0],
  ['claude-code-project.json', 'claude-code', 2],
  ['vscode.json', 'vscode', 0],
  ['copilot.json', 'copilot', 0],
  ['cursor.json', 'cursor', 0],
  ['windsurf.json', 'windsurf', 0],
  ['codex.toml', 'codex', 0],
  ['gemini.json', 'gemini', 0],
  ['antigravity.json', 'antigravity', 0],
  ['qwen.json', 'qwen', 0],
  ['opencode.jsonc', 'opencode', 0],
  ['zed.json', 'zed', 0],
  ['cline.json', 'cline', 0],
  ['roo.json', 'roo', 0],
  ['kiro.json', 'kiro', 0],
  ['amazon-q.json', 'amazon-q', 0],
];

/** A machine with every golden file in its place. */
function machineWith(platform: Machine['platform']): Machine {
  const root = mkdtempSync(join(tmpdir(), 'drawbridge-clients-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'home');
  const settings = platform === 'win32' ? join(home, 'AppData', 'Roaming') : join(home, '.config');
  const machine = { platform, home, settings, project: join(root, 'project') };
  for (const [golden, id, at] of FILES) {
    const client = CLIENTS.find((each) => each.id === id);
    const path = client?.files[at]?.path(machine) ?? '';
    mkdirSync(dirname(path), { recursive: true });
    const text = readFileSync(join(GOLDEN, golden), 'utf8');
    writeFileSync(path, text.replaceAll('/srv/project', machine.project));
  }
  return machine;
}

function planOn(machine: Machine, existing: Record<string, unknown> = {}) {
  const { entries, bad } = findEntries(CLIENTS, machine);
  const own = { ports: new Set(['8080']), hosts: new Set<string>() };
  expect(bad).toEqual([]);
  return planImport(entries, { machine, own, existing, asWritten });
}

test.each(['linux', 'darwin', 'win32'] as const)('every client on %s', (platform) => {
  const machine = machineWith(platform);
  const { taken, skipped } = planOn(machine);
  const entries = Object.fromEntries(taken.map(({ id, entry }) => [id, entry]));
  expect(entries).toEqual({
    notes: {
      mcp: {
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-filesystem', '/srv/notes'],
      },
    },
    tickets: {
      mcp: 'https://tickets.example.com/mcp',
      headers: { Authorization: 'Bearer ${TICKETS_TOKEN}' },
    },
    weather: { mcp: 'https://weather.example.com/mcp', headers: { 'X-Api-Key': '${WEATHER_KEY}' } },
    'local-db': {
      mcp: { command: './tools/db-server', args: ['--read-only'], cwd: machine.project },
    },
    search: {
      mcp: { type: 'sse', url: 'https://search.example.com/sse' },
      headers: { Authorization: 'Bearer ${SEARCH_TOKEN}' },
    },
    issues: {
      mcp: 'https://issues.example.com/mcp',
      headers: { Authorization: 'Bearer ${ISSUES_ISSUES_TOKEN}' },
    },
    docs: { mcp: { command: 'uvx', args: ['docs-mcp', `${machine.project}/docs`] } },
    metrics: { mcp: { command: 'metrics-mcp', env: { REGION: 'eu' } } },
    design: {
      mcp: 'https://design.example.com/mcp',
      headers: { Authorization: 'Bearer ${DESIGN_TOKEN}' },
    },
    'notes-cursor': {
      mcp: {
        command: 'npx',
        args: ['-y', '@modelcontextprotocol/server-filesystem', `${machine.home}/notes`],
      },
    },
    maps: { mcp: 'https://maps.example.com/mcp?api_key=${MAPS_API_KEY}' },
    billing: {
      mcp: 'https://billing.example.com/mcp',
      headers: {
        'X-Team': 'dev',
        Authorization: 'Bearer ${BILLING_TOKEN}',
        'X-Key': '${BILLING_KEY}',
      },
    },
    shell: {
      mcp: {
        command: 'docker',
        args: ['run', '-i', '--rm', '-e', 'SHELL_TOKEN=${SHELL_SHELL_TOKEN}', 'example/shell-mcp'],
        inheritEnv: ['LANG'],
      },
    },
    mail: {
      mcp: 'https://mail.example.com/mcp',
      headers: { Authorization: 'Bearer ${MAIL_TOKEN}' },
    },
    legacy: { mcp: 'https://legacy.example.com/mcp' },
    translate: { mcp: 'https://translate.example.com/mcp' },
    format: {
      mcp: { command: 'bunx', args: ['format-mcp'], env: { FORMAT_API_KEY: '${FORMAT_API_KEY}' } },
    },
    review: { mcp: 'https://review.example.com/mcp', headers: { 'X-Token': '${REVIEW_TOKEN}' } },
    graph: { mcp: { command: 'graph-mcp', args: ['--depth', '3'] } },
    build: { mcp: 'https://build.example.com/mcp' },
    deploy: { mcp: 'https://deploy.example.com/mcp' },
    gate: {
      mcp: { type: 'sse', url: 'https://gate.example.com/sse' },
      headers: { Authorization: 'Bearer ${GATE_TOKEN}' },
    },
    aws: { mcp: { type: 'sse', url: 'https://aws.example.com/mcp' } },
    ops: { mcp: { command: 'ops-mcp', args: ['--token', '${OPS_TOKEN}'] } },
  });
  expect(skipped.map(({ client, name, why }) => [client, name, why])).toEqual([
    ['claude-desktop', 'drawbridge', 'it is Drawbridge itself'],
    ['claude-code', 'Notes', 'the same as "notes"'],
    ['vscode', 'pipe', 'its address is not http or https'],
    ['windsurf', 'old', 'it is switched off'],
    ['codex', 'off', 'it is switched off'],
    ['antigravity', 'gateway', 'it is Drawbridge itself'],
    ['amazon-q', 'broken', 'it is no entry'],
  ]);
  expect(JSON.stringify({ taken, skipped })).not.toMatch(/golden-secret/);
});

test('what is there already is the same, whoever wrote it', () => {
  const machine = machineWith('linux');
  const first = planOn(machine);
  const existing = Object.fromEntries(
    first.taken.map(({ id, entry }) => [id, asWritten(id, entry)]),
  );
  expect(planOn(machine, existing).taken).toEqual([]);
  const renamed = { crm: asWritten('crm', { mcp: 'https://translate.example.com/mcp' }) };
  const again = planOn(machine, renamed);
  expect(again.skipped).toContainEqual(
    expect.objectContaining({ name: 'translate', why: 'the same as "crm"' }),
  );
});
