/**
 * Starts one of the examples: what stands behind the gateway, and the gateway itself in this
 * process. `npm start`, or `npm start -- --example <name>`; other options go to `drawbridge serve`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DEFAULT_EXAMPLE = 'first-run';

/** What an example may bring along: something that has to run behind the gateway. */
interface Behind {
  /** Starts it, sets the variables that the configuration reads, and resolves to its end. */
  start(): Promise<Running>;
}

interface Running {
  stop(): Promise<void>;
  /** What people should know of it. */
  readonly note?: string;
}

/** The value of `--example` and the words without it. */
function chooseExample(words: readonly string[]): { name: string; rest: string[] } {
  const at = words.findIndex((word) => word === '--example' || word.startsWith('--example='));
  if (at < 0) return { name: DEFAULT_EXAMPLE, rest: [...words] };
  const [, joined] = words[at]?.split('=', 2) ?? [];
  const name = joined ?? words[at + 1] ?? '';
  return { name, rest: words.toSpliced(at, joined === undefined ? 2 : 1) };
}

function examples(): string[] {
  return readdirSync(HERE).filter((name) => existsSync(`${HERE}${name}/drawbridge.yaml`));
}

async function main(): Promise<number> {
  const { name, rest } = chooseExample(process.argv.slice(2));
  const folder = `${HERE}${name}/`;
  if (!examples().includes(name)) {
    process.stderr.write(`There is no example "${name}". Examples: ${examples().join(', ')}\n`);
    return 2;
  }
  const hasBehind = existsSync(`${folder}behind.ts`);
  const behind: Behind | undefined = hasBehind ? await import(`${folder}behind.ts`) : undefined;
  // Loading the gateway and starting what stands behind it take about as long; neither waits.
  const [running, { run }] = await Promise.all([
    behind?.start(),
    import('../gateway/src/cli/index.ts'),
    import('../gateway/src/compose/index.ts'),
  ]);
  if (running?.note !== undefined) process.stderr.write(`${running.note}\n`);
  try {
    const config = process.env['DRAWBRIDGE_CONFIG'] ?? `${folder}drawbridge.yaml`;
    return await run([...process.argv.slice(0, 2), 'serve', '--config', config, ...rest]);
  } finally {
    await running?.stop();
  }
}

/** The shell between npm and this process dies of a signal without passing it on. */
function stopWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

// Sources run as they are; from the second start on they need not be compiled again.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/drawbridge', import.meta.url)));
stopWithNpm();
process.exit(await main());
