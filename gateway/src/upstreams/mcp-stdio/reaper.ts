import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import type { Clock, Timer } from '../../kernel/index.ts';
import { isGroupId, signalGroup } from './process-group.ts';

const RESTART_MS = 1000;

/**
 * Reads `+ <group>` and `- <group>` until its input ends, which happens when the gateway is gone,
 * however it went. Text from outside never becomes part of the script. It ignores the signals a
 * service manager sends to everything it started: it has to outlive the gateway.
 */
const SHELL_SCRIPT = [
  'trap "" HUP INT QUIT TERM',
  'list=" "',
  'while read -r verb group; do',
  '  case $group in ""|*[!0-9]*|0*|1) continue;; esac',
  '  case $verb in',
  '    +) list="$list$group ";;',
  '    -) case $list in *" $group "*) list="${list%% $group *} ${list#* $group }";; esac;;',
  '  esac',
  'done',
  '[ "$list" = " " ] && exit 0',
  'for group in $list; do kill -s TERM -- "-$group"; done',
  'sleep 1',
  'for group in $list; do kill -s KILL -- "-$group"; done',
].join('\n');

/** The same where there is no shell. */
const NODE_SCRIPT = [
  'for (const name of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"]) process.on(name, () => {});',
  'const groups = new Set();',
  'const signal = (name) => groups.forEach((group) => {',
  '  try { process.kill(-group, name); } catch {}',
  '});',
  'const read = (line) => {',
  '  const match = /^([+-]) ([1-9][0-9]{0,9})$/.exec(line);',
  '  if (match === null || match[2] === "1") return;',
  '  if (match[1] === "+") groups.add(match[2]); else groups.delete(match[2]);',
  '};',
  'let rest = "";',
  'process.stdin.setEncoding("latin1").on("data", (text) => {',
  '  const lines = (rest + text).split("\\n");',
  '  rest = lines.pop();',
  '  lines.forEach(read);',
  '}).on("end", () => {',
  '  if (groups.size === 0) process.exit(0);',
  '  signal("SIGTERM");',
  '  setTimeout(() => { signal("SIGKILL"); process.exit(0); }, 1000);',
  '});',
].join('\n');

/**
 * A small process of its own that ends the gateway's children when the gateway can no longer do it,
 * after a SIGKILL above all: SIGTERM to every group it knows, one second later SIGKILL.
 */
export interface Reaper {
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Starts it where it does not run yet. On Windows, which has no groups, it never runs. */
  start(): void;
  /** Starts it where needed. `groupId` is the pid of a child that leads its own group. */
  add(groupId: number): void;
  /** Call it at once when the group is gone: the number may be given to others. */
  remove(groupId: number): void;
  /** Lets it go; groups that are still known are ended. Resolves when it is gone. */
  close(): Promise<void>;
}

/** Makes a reaper that starts with its first group. One that dies is started again. */
export function createReaper(clock: Clock, shell = '/bin/sh'): Reaper {
  return new ReaperProcess(clock, isExecutable(shell) ? shell : undefined);
}

class ReaperProcess implements Reaper {
  private readonly clock: Clock;
  private readonly shell: string | undefined;
  private readonly groups = new Set<number>();
  private child: ChildProcess | undefined;
  private restart: Timer | undefined;
  private closed = false;

  constructor(clock: Clock, shell: string | undefined) {
    this.clock = clock;
    this.shell = shell;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    if (this.closed || this.child !== undefined || this.restart !== undefined) return;
    if (process.platform === 'win32') return;
    const child = launch(this.shell);
    this.child = child;
    const lost = (): void => this.lost(child);
    child.once('exit', lost);
    child.once('error', lost);
    for (const groupId of this.groups) child.stdin?.write(`+ ${groupId}\n`);
  }

  add(groupId: number): void {
    if (!isGroupId(groupId)) throw new RangeError(`not a process group: ${groupId}`);
    this.start();
    if (this.groups.has(groupId)) return;
    this.groups.add(groupId);
    this.child?.stdin?.write(`+ ${groupId}\n`);
  }

  remove(groupId: number): void {
    if (this.groups.delete(groupId)) this.child?.stdin?.write(`- ${groupId}\n`);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.restart?.cancel();
    const worked = this.child !== undefined && (await finished(this.child));
    // Killed before it could do its work; we are still here to do it.
    if (!worked) for (const groupId of this.groups) signalGroup(groupId, 'SIGKILL');
    this.groups.clear();
  }

  private lost(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (this.closed || this.groups.size === 0) return;
    this.restart = this.clock.after(RESTART_MS, () => {
      this.restart = undefined;
      this.start();
    });
  }
}

function launch(shell: string | undefined): ChildProcess {
  const args =
    shell === undefined ? ['-e', NODE_SCRIPT] : ['-c', SHELL_SCRIPT, 'drawbridge-reaper'];
  const child = spawn(shell ?? process.execPath, args, {
    cwd: '/',
    // A session of its own: a signal to the gateway's group or terminal does not reach it.
    detached: true,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin` },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  child.stdin?.on('error', () => {});
  return child;
}

/** Ends its input and waits for its end; false where a signal ended it or it never ran. */
async function finished(child: ChildProcess): Promise<boolean> {
  child.ref();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.once('exit', (_code, signal) => resolve(signal === null));
  child.once('error', () => resolve(false));
  child.stdin?.end();
  return await promise;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
