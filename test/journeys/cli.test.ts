/** The command line as people use it: every command in a process of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand, startCommand } from '../kit/command-line.ts';
import { sendModern } from '../kit/modern-request.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = join(ROOT, 'node_modules', '.bin', 'mcp-server-filesystem');
const SERVER = 'server: { listen: 127.0.0.1:0, stateDir: state }\n';
const UPSTREAM = `upstreams:\n  # the notes\n  files: { mcp: { command: ${FILES}, args: [.] } }\n`;
const BROKEN = '  broken: { mcp: { command: ./does-not-exist }, timeoutMs: 2000 }\n';
const POLICY = [
  'policy:',
  '  default: allow',
  '  rules:',
  '    - deny: ["files/move_file"]',
  '    - approve: ["files/write_file"]',
  '',
].join('\n');

/** A folder with a configuration and a note. */
function folder(config?: string): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  writeFileSync(join(path, 'note.txt'), 'first line\nsecond line\n');
  if (config !== undefined) writeFileSync(join(path, 'drawbridge.yaml'), config);
  return path;
}

function json(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

describe('usage', () => {
  test.each<[words: string[], says: RegExp]>([
    [['chekc'], /there is no command "chekc"\n {2}did you mean "check"\?/],
    [['check', '--nonsense'], /unknown option '--nonsense'/],
    [['call'], /missing required argument 'tool'/],
    [['serve', '--grace', 'soon'], /a number of seconds/],
    [['serve', '--listen', 'here'], /host:port/],
    [['add', 'https://h/mcp', 'extra'], /stands alone/],
  ])('%j is wrong', async (words, says) => {
    const { code, stdout, stderr } = await runCommand(words, folder(SERVER));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });

  test('help and version', async () => {
    const here = folder();
    const help = await runCommand(['--help'], here);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/Examples:\n[\s\S]*Exit codes: 0 done/);
    expect((await runCommand(['call', '--help'], here)).stdout).toContain('path=./data/notes.md');
    expect((await runCommand(['--version'], here)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('no configuration', async () => {
    const { code, stderr } = await runCommand(['tools'], folder());
    expect(code).toBe(1);
    expect(stderr).toContain('it does not exist');
    expect(stderr).toContain('drawbridge add');
  });
});

describe('check and schema', () => {
  test('a good file', async () => {
    const here = folder(SERVER + UPSTREAM);
    expect(await runCommand(['check'], here)).toMatchObject({
      code: 0,
      stdout: 'ok: 1 upstream, 1 endpoint\n',
    });
    expect(json((await runCommand(['check', '--json'], here)).stdout)).toEqual({
      ok: true,
      upstreams: ['files'],
      endpoints: ['default'],
      bindings: [],
      problems: [],
      warnings: [],
    });
  });

  test('a file with several problems: each with its line, and a caret under the place', async () => {
    const here = folder(`${SERVER}upstreams:\n  files: { mpc: { command: x } }\npolcy: {}\n`);
    const { code, stderr } = await runCommand(['check'], here);
    expect(code).toBe(1);
    expect(stderr).toContain(
      [
        'error: drawbridge.yaml:3:12 upstreams.files.mpc',
        '  unknown key "mpc"; did you mean "mcp"?',
        '    3 |   files: { mpc: { command: x } }',
        '      |            ^',
      ].join('\n'),
    );
    expect(stderr).toContain('drawbridge.yaml:4:1 polcy');
    const result = json((await runCommand(['check', '--json'], here)).stdout);
    expect(result).toMatchObject({ ok: false, error: { code: 'config_invalid' } });
    expect(result['problems']).toContainEqual({
      file: 'drawbridge.yaml',
      line: 4,
      column: 1,
      path: 'polcy',
      message: 'unknown key "polcy"',
      hint: 'did you mean "policy"?',
    });
  });

  test('what only shows when parts are seen together', async () => {
    const here = folder(`${SERVER}${UPSTREAM}${BROKEN}endpoints:\n  one: { names: original }\n`);
    const { code, stderr } = await runCommand(['check'], here);
    expect(code).toBe(1);
    expect(stderr).toMatch(/drawbridge\.yaml:7:17 endpoints\.one\.names\n.*exactly one upstream/);
  });

  test('the schema', async () => {
    const { code, stdout } = await runCommand(['schema'], folder());
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({ type: 'object', additionalProperties: false });
  });
});

describe('tools', () => {
  test('what there is, where it comes from, and what is missing and why', async () => {
    const here = folder(SERVER + UPSTREAM + BROKEN + POLICY);
    const { code, stdout, stderr } = await runCommand(['tools'], here);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^files__read_text_file +files +\S/m);
    expect(stdout).not.toContain('move_file');
    expect(stderr).toMatch(/broken is incomplete: \S/);
    const result = json((await runCommand(['tools', '--json'], here)).stdout);
    expect(result).toMatchObject({
      ok: true,
      endpoint: 'default',
      missing: [{ upstream: 'broken', stale: false }],
    });
    expect(result['tools']).toContainEqual({
      name: 'files__read_text_file',
      title: expect.any(String) as unknown,
      description: expect.stringContaining('Read') as unknown,
      upstream: 'files',
    });
  });

  test('nothing to list because nothing answers', async () => {
    const here = folder(`${SERVER}upstreams:\n${BROKEN}`);
    expect((await runCommand(['tools'], here)).code).toBe(3);
  });

  test('an endpoint that there is not', async () => {
    const { code, stderr } = await runCommand(
      ['tools', '-e', 'defualt'],
      folder(SERVER + UPSTREAM),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean "default"?');
  });
});

describe('call', () => {
  const config = SERVER + UPSTREAM + POLICY;

  test('with words that the schema types, and recorded', async () => {
    const here = folder(config);
    const words = ['call', 'files__read_text_file', 'path=note.txt', 'head=1'];
    expect(await runCommand(words, here)).toMatchObject({ code: 0, stdout: 'first line\n' });
    const records = readFileSync(join(here, 'state/audit.jsonl'), 'utf8');
    expect(records).toContain('tool:files/read_text_file');
    expect(records).toContain('"local"');
  });

  test('with JSON, answered as JSON', async () => {
    const words = ['call', 'files__read_text_file', '--json', '--args', '{"path":"note.txt"}'];
    const { code, stdout } = await runCommand(words, folder(config));
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({
      ok: true,
      tool: 'files__read_text_file',
      result: { content: [{ type: 'text', text: 'first line\nsecond line\n' }] },
    });
  });

  test.each<[words: string[], code: number, says: string]>([
    [['files__read_text_file', 'path=nowhere.txt'], 3, 'ENOENT'],
    [['files__raed_text_file', 'path=note.txt'], 1, 'did you mean "files__read_text_file"?'],
    [['files__move_file', 'source=a', 'destination=b'], 1, 'there is no tool "files__move_file"'],
    [['files__write_file', 'path=a', 'content=b'], 4, 'approve'],
    [['files__read_text_file', 'path'], 2, '"path" is no argument'],
    [['files__read_text_file', '--args', '[]'], 2, '--args is no JSON object'],
  ])('%j ends with %i', async (words, code, says) => {
    const ended = await runCommand(['call', ...words], folder(config));
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(says);
  });
});

describe('add', () => {
  test('a command: tried, shown, written, and everything else left as it was', async () => {
    const here = folder(`# mine\n${SERVER}${UPSTREAM}`);
    const { code, stdout } = await runCommand(['add', FILES, '.'], here);
    expect(code).toBe(0);
    expect(stdout).toContain('filesystem__read_text_file');
    const text = readFileSync(join(here, 'drawbridge.yaml'), 'utf8');
    expect(text).toBe(
      `# mine\n${SERVER}${UPSTREAM}  filesystem:\n    mcp:\n      command: ${FILES}\n      args:\n        - .\n`,
    );
    expect((await runCommand(['check'], here)).code).toBe(0);
  });

  test('an address, with options behind it, into a new file', async () => {
    const here = folder();
    const words = ['add', 'https://search.example.com/mcp', '--name', 'search', '--no-connect'];
    const header = ['--header', 'Authorization: Bearer ${TOKEN}'];
    const { code } = await runCommand([...words, ...header], here, { TOKEN: 'x'.repeat(20) });
    expect(code).toBe(0);
    expect(readFileSync(join(here, 'drawbridge.yaml'), 'utf8')).toBe(
      'upstreams:\n  search:\n    mcp: https://search.example.com/mcp\n    headers:\n      Authorization: Bearer ${TOKEN}\n',
    );
  });

  test('a dry run writes nothing', async () => {
    const here = folder();
    const words = ['add', '--dry-run', '--no-connect', '--json', 'npx', '-y', 'some-mcp'];
    const { code, stdout } = await runCommand(words, here);
    expect(code).toBe(0);
    expect(json(stdout)).toEqual({
      ok: true,
      id: 'some',
      file: 'drawbridge.yaml',
      written: false,
      entry: { mcp: { command: 'npx', args: ['-y', 'some-mcp'] } },
    });
    expect((await runCommand(['check'], here)).code).toBe(1);
  });

  test('what does not answer is not written', async () => {
    const here = folder(SERVER);
    const { code, stderr } = await runCommand(['add', './does-not-exist'], here);
    expect(code).toBe(3);
    expect(stderr).toContain('--no-connect');
    expect(readFileSync(join(here, 'drawbridge.yaml'), 'utf8')).toBe(SERVER);
  });

  test('an id that is taken', async () => {
    const words = ['add', '--name', 'files', '--no-connect', 'x'];
    const { code, stderr } = await runCommand(words, folder(SERVER + UPSTREAM));
    expect(code).toBe(1);
    expect(stderr).toContain('already');
  });
});

describe('serve', () => {
  function serve(here: string, ...words: string[]) {
    const running = startCommand(['serve', ...words], here);
    onTestFinished(() => {
      running.child.kill('SIGKILL');
    });
    return running;
  }

  test('says where and what, takes over changes, keeps the last good one, ends with 0', async () => {
    const here = folder(SERVER + UPSTREAM + BROKEN);
    const file = join(here, 'drawbridge.yaml');
    const gateway = serve(here);
    const [, url = ''] = await gateway.says(/listens on (http:\/\/127\.0\.0\.1:\d+\/mcp)/);
    await gateway.says(/files +\d+ tools/);
    await gateway.says(/broken +nothing yet: \S/);
    await gateway.says(/claude mcp add --transport http drawbridge http/);

    writeFileSync(file, `${SERVER}${UPSTREAM}oops: 1\n`);
    await gateway.says(/drawbridge\.yaml:5:1 oops/);
    await gateway.says(/the last good one stays in force/);
    const list = await sendModern(url, { method: 'tools/list' });
    expect(list.text).toContain('files__read_text_file');

    writeFileSync(file, `${SERVER}${UPSTREAM}`);
    await gateway.says(/configuration reloaded .*upstream broken removed/);
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended()).code).toBe(0);
  });

  test('for programs: one line when it is ready', async () => {
    const gateway = serve(folder(SERVER + UPSTREAM), '--json', '--log', 'json');
    const [line] = await gateway.says(/^\{"event":"ready".*\}$/m);
    expect(json(line)).toMatchObject({
      event: 'ready',
      url: expect.stringMatching(/^http:/) as unknown,
      endpoints: [{ name: 'default', url: expect.stringMatching(/\/mcp$/) as unknown }],
      upstreams: [{ id: 'files', state: 'fresh' }],
    });
    gateway.child.kill('SIGINT');
    expect((await gateway.ended()).code).toBe(0);
  });

  test('another address on the command line, held to the same rules', async () => {
    const here = folder('server: { listen: "127.0.0.1:1", stateDir: state }\n');
    const gateway = serve(here, '--listen', '127.0.0.1:0');
    await gateway.says(/listens on http:\/\/127\.0\.0\.1:(?!1\b)\d+\/mcp/);
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended()).code).toBe(0);
    const { code, stderr } = await runCommand(['serve', '--listen', '0.0.0.0:0'], here);
    expect(code).toBe(1);
    expect(stderr).toContain('0.0.0.0 can be reached by other machines');
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((done) => other.once('listening', done));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const here = folder(`server: { listen: "127.0.0.1:${port}", stateDir: state }\n`);
    const { code, stderr } = await runCommand(['serve'], here);
    expect(code).toBe(5);
    expect(stderr).toContain('is in use by another process');
    expect(stderr).toContain('server.listen');
  });
});
