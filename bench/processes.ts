import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The core of what is measured, and the core of everything that measures. */
export const SUBJECT_CORE = 0;
export const LOAD_CORE = 1;

/** One process under the bench, its output kept in a file. */
export interface Started {
  readonly name: string;
  readonly pid: number;
  readonly child: ChildProcess;
  readonly outputFile: string;
}

/** What to start: `command` runs on `core` in `folder`, with exactly the environment given. */
export interface StartRequest {
  readonly name: string;
  readonly core: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
}

/**
 * The arguments that run a command on one core and let the kernel kill it when the bench dies,
 * whatever kills the bench. Both wrappers replace themselves, so the process id is the command's.
 */
export function pinned(core: number, command: string, args: readonly string[]): string[] {
  return ['--pdeathsig', 'KILL', 'taskset', '--cpu-list', String(core), command, ...args];
}

/** Starts processes and makes sure that none outlives the bench. */
export class Processes {
  private readonly live = new Map<number, Started>();

  start(request: StartRequest): Started {
    const outputFile = join(request.folder, `${request.name}.log`);
    const output = openSync(outputFile, 'a');
    const child = spawn('setpriv', pinned(request.core, request.command, request.args), {
      cwd: request.folder,
      env: { PATH: process.env['PATH'], HOME: request.folder },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    if (child.pid === undefined) throw new Error(`${request.name} could not be started`);
    const started = { name: request.name, pid: child.pid, child, outputFile };
    this.live.set(child.pid, started);
    child.once('exit', () => this.live.delete(started.pid));
    return started;
  }

  /** Ends one process with `signal`; throws when it is gone already or has to be killed. */
  async stop(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    const started = this.live.get(pid);
    if (started === undefined) throw new Error(`process ${pid} has ended before its time`);
    const exited = once(started.child, 'exit');
    started.child.kill(signal);
    const timer = new AbortController();
    const late = delay(timeoutMs, 'late', { signal: timer.signal }).catch(() => 'ended');
    const outcome = await Promise.race([exited, late]);
    timer.abort();
    if (outcome !== 'late') return;
    started.child.kill('SIGKILL');
    await exited;
    throw new Error(`${started.name} did not end within ${timeoutMs} ms of ${signal}`);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.live.keys()].map((pid) => this.stop(pid, 'SIGKILL', 5000)));
  }

  /** For the last moment: no waiting. */
  killNow(): void {
    for (const { child } of this.live.values()) child.kill('SIGKILL');
  }
}

/** Whether the process is gone, for whatever reason. */
export function hasEnded(started: Started): boolean {
  return started.child.exitCode !== null || started.child.signalCode !== null;
}

/** The end of what the process printed, for error messages. */
export function outputTail(started: Started): string {
  const text = readFileSync(started.outputFile, 'utf8').trim();
  return text === '' ? '(it printed nothing)' : text.slice(-2000);
}
