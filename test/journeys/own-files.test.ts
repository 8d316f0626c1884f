/** `drawbridge import` and `drawbridge connect` on a machine with clients' files of its own. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../kit/command-line.ts';

const GOLDEN = fileURLToPath(new URL('../kit/client-files', import.meta.url));
const CONFIG =
  '# mine\nserver: { listen: 127.0.0.1:8080, stateDir: state }\nupstreams:\n  # first\n  a: { mcp: https://a.example.com/mcp }\nendpoints:\n  support: {}\n';

/** A home folder and a project of its own. */
function machine(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'drawbridge-home-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'home');
  const project = join(root, 'project');
  mkdirSync(project, { recursive: true });
  mkdirSync(home);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), DRAWBRIDGE_CONFIG: '' };
  return {
    home,
    read: (path: string) => readFileSync(join(root, path), 'utf8'),
    path: (path: string) => join(root, path),
    run: (...words: string[]) =>
      runCommand([...words, '--config', join(project, 'drawbridge.yaml')], project, env),
  };
}

function golden(name: string): string {
  return readFileSync(join(GOLDEN, name), 'utf8');
}

function json(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

describe('import', () => {
  const files = {
    'home/.config/Claude/claude_desktop_config.json': golden('claude-desktop.json'),
    'home/.cursor/mcp.json': golden('cursor.json'),
    'home/.codex/config.toml': golden('codex.toml'),
    'home/.codeium/windsurf/mcp_config.json': '{ "mcpServers": ',
    'project/drawbridge.yaml': CONFIG,
  };

  test('shows first, writes when it may, and finds nothing new after that', async () => {
    const here = machine(files);
    const asked = await here.run('import');
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('--yes');
    expect(asked.stderr).toMatch(/windsurf\/mcp_config\.json was not read: line 1, column 17/);
    expect(asked.stdout).toMatch(/^notes-cursor +stdio +notes +cursor ~\/\.cursor\/mcp\.json$/m);
    expect(asked.stdout).toMatch(/^drawbridge +it is Drawbridge itself/m);
    expect(here.read('project/drawbridge.yaml')).toBe(CONFIG);

    const { code, stdout } = await here.run('import', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('${TICKETS_TOKEN}');
    expect(stdout).not.toContain('golden-secret');
    const text = here.read('project/drawbridge.yaml');
    expect(
      text.startsWith(
        '# mine\nserver: { listen: 127.0.0.1:8080, stateDir: state }\nupstreams:\n  # first\n',
      ),
    ).toBe(true);
    expect(text).toContain(
      '  tickets:\n    mcp: https://tickets.example.com/mcp\n    headers:\n      Authorization: Bearer ${TICKETS_TOKEN}\n',
    );
    expect(text).not.toContain('golden-secret');

    const again = await here.run('import', '--yes', '--json');
    expect(json(again.stdout)).toMatchObject({ ok: true, written: false, imported: [] });
    expect(here.read('project/drawbridge.yaml')).toBe(text);
  });

  test('one client, one file, and neither', async () => {
    const here = machine({ ...files, 'project/mine.json': golden('vscode.json') });
    const cursor = await here.run('import', '--from', 'cursor', '--yes', '--json');
    expect(json(cursor.stdout)['imported']).toMatchObject([
      { id: 'design', client: 'cursor', variables: ['DESIGN_TOKEN'] },
      { id: 'notes' },
    ]);
    const file = await here.run('import', '--from', 'mine.json', '--yes', '--json');
    expect(json(file.stdout)).toMatchObject({
      imported: [{ id: 'issues' }, { id: 'docs' }],
      skipped: [{ name: 'pipe' }],
    });
    expect((await here.run('import', '--from', 'nowhere')).code).toBe(2);
  });
});

describe('connect', () => {
  const settings =
    '{\n  // mine\n  "mcpServers": {\n    "a": { "command": "x", "env": { "KEY": "hidden" } } // last\n  }\n}\n';
  const desktop = 'home/.config/Claude/claude_desktop_config.json';
  const files = { [desktop]: settings, 'project/drawbridge.yaml': CONFIG };

  test('shows, and writes nothing where it may not', async () => {
    const here = machine(files);
    const dry = await here.run('connect', 'claude-desktop', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/^\+ {5}"drawbridge": \{$/m);
    expect(dry.stdout).not.toContain('hidden');
    const asked = await here.run('connect', 'claude-desktop');
    expect(asked.code).toBe(1);
    expect(here.read(desktop)).toBe(settings);
  });

  test('writes, lists, and takes back byte for byte', async () => {
    const here = machine(files);
    chmodSync(here.path(desktop), 0o640);
    expect((await here.run('connect', 'claude-desktop', '--yes')).code).toBe(0);
    const text = here.read(desktop);
    expect(text).toContain('// last\n    "drawbridge": {\n      "command": "');
    expect(text).toContain(
      `"stdio",\n        "--config",\n        "${here.path('project/drawbridge.yaml')}"`,
    );
    expect(statSync(here.path(desktop)).mode & 0o777).toBe(0o640);
    const list = json((await here.run('connect', '--json')).stdout);
    expect(list['clients']).toContainEqual(
      expect.objectContaining({
        id: 'claude-desktop',
        installed: true,
        connected: true,
        entries: ['drawbridge'],
      }),
    );
    expect(
      json((await here.run('connect', 'claude-desktop', '--json', '--yes')).stdout),
    ).toMatchObject({ state: 'unchanged' });

    const undone = await here.run('connect', 'claude-desktop', '--undo', '--yes', '--json');
    expect(json(undone.stdout)).toMatchObject({ ok: true, state: 'restored' });
    expect(here.read(desktop)).toBe(settings);
    expect((await here.run('connect', 'claude-desktop', '--undo', '--yes')).code).toBe(1);
  });

  test('a file that was changed since keeps its changes', async () => {
    const here = machine(files);
    expect(await here.run('connect', 'claude-desktop', '--yes')).toMatchObject({ code: 0 });
    const changed = here.read(desktop).replace('// mine', '// ours');
    writeFileSync(here.path(desktop), changed);
    const ended = await here.run('connect', 'claude-desktop', '--undo', '--yes');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('only the entry was taken out');
    const text = here.read(desktop);
    expect(text).toContain('// ours');
    expect(text).not.toContain('drawbridge');
    expect(text).toContain('"KEY": "hidden"');
  });

  test('a file that was not there goes again; a link is followed', async () => {
    const here = machine({
      'project/drawbridge.yaml': CONFIG,
      'home/dotfiles/codex.toml': 'model = "m" # mine\n',
    });
    const cursor = 'home/.cursor/mcp.json';
    expect((await here.run('connect', 'cursor', '--http', '--yes')).code).toBe(0);
    expect(json(here.read(cursor))).toEqual({
      mcpServers: { drawbridge: { url: 'http://127.0.0.1:8080/mcp' } },
    });
    await here.run('connect', 'cursor', '--undo', '--yes');
    expect(existsSync(here.path(cursor))).toBe(false);

    mkdirSync(here.path('home/.codex'));
    symlinkSync(here.path('home/dotfiles/codex.toml'), here.path('home/.codex/config.toml'));
    const words = ['connect', 'codex', '--endpoint', 'support', '--http', '--yes'];
    expect((await here.run(...words)).code).toBe(0);
    expect(lstatSync(here.path('home/.codex/config.toml')).isSymbolicLink()).toBe(true);
    expect(here.read('home/dotfiles/codex.toml')).toBe(
      'model = "m" # mine\n\n[mcp_servers.drawbridge-support]\nurl = "http://127.0.0.1:8080/mcp/support"\n',
    );
    await here.run('connect', 'codex', '--endpoint', 'support', '--undo', '--yes');
    expect(here.read('home/dotfiles/codex.toml')).toBe('model = "m" # mine\n');
  });

  test.each<[what: string, text: string, words: string[], code: number, says: RegExp]>([
    ['a file with errors', '{ "mcpServers": {]', [], 1, /claude_desktop_config\.json:1:18: /],
    [
      'an entry of somebody else',
      '{ "mcpServers": { "drawbridge": { "command": "other" } } }',
      [],
      1,
      /does not lead to Drawbridge/,
    ],
    ['an address where only commands are started', '{}', ['--http'], 1, /starts commands only/],
    ['an endpoint that there is not', '{}', ['--endpoint', 'nowhere'], 1, /no endpoint "nowhere"/],
  ])('%s: nothing is touched', async (_what, text, words, code, says) => {
    const here = machine({ ...files, [desktop]: text });
    const ended = await here.run('connect', 'claude-desktop', '--yes', ...words);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(says);
    expect(here.read(desktop)).toBe(text);
  });

  test('a client that there is not', async () => {
    const { code, stderr } = await machine(files).run('connect', 'cursr');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "cursor"?');
  });
});
