import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock, Timer } from '../../kernel/index.ts';
import { childEnvironment } from './environment.ts';
import { frame, LineReader } from './framing.ts';
import { signalGroup } from './process-group.ts';
import type { StdioChild, StdioExit, StdioOptions } from './contract.ts';
import type { Reaper } from './reaper.ts';
import { spawnFailure } from './spawn-failure.ts';
import { StderrRing } from './stderr-ring.ts';

/** Between the rungs of the stop ladder. */
const STEP_MS = 2000;
/** How long output is still read after the exit; an escaped descendant may hold the pipe open. */
const DRAIN_MS = 500;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface ChildDeps {
  readonly clock: Clock;
  readonly reaper: Reaper;
  /** The child is gone; called before its `onExit`. */
  readonly onGone: () => void;
}

/** One child from its start to its end: running, then leaving (we end it), exited, gone. */
export class SupervisedChild implements StdioChild {
  private readonly options: StdioOptions;
  private readonly deps: ChildDeps;
  private readonly ring: StderrRing;
  private readonly lines: LineReader;
  private readonly goneSignal = Promise.withResolvers<void>();
  private child: ChildProcess | undefined;
  private timer: Timer | undefined;
  private state: 'running' | 'leaving' | 'exited' | 'gone' = 'running';
  private reason: StdioExit['reason'] = 'exited';
  private detail: string | undefined;
  private code: number | null = null;
  private signal: string | null = null;

  constructor(options: StdioOptions, deps: ChildDeps) {
    this.options = options;
    this.deps = deps;
    this.ring = new StderrRing(options.secrets ?? []);
    this.lines = new LineReader({
      maxMessageBytes: options.maxMessageBytes,
      onMessage: options.onMessage,
      onNoise: (line) => this.ring.pushLine(line),
      onOversize: () => this.oversize(),
    });
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    this.deps.reaper.start();
    try {
      this.child = spawnProcess(this.options);
    } catch (error) {
      this.failed(error);
      return;
    }
    this.watch(this.child);
    if (this.child.pid !== undefined) this.deps.reaper.add(this.child.pid);
  }

  /** Ends the child before it was started. */
  refuse(detail: string): void {
    this.state = 'exited';
    this.reason = 'spawn_failed';
    this.detail = detail;
    process.nextTick(() => this.gone());
  }

  send(message: Buffer): boolean {
    const stdin = this.child?.stdin;
    if (this.state !== 'running' || !stdin?.writable) return false;
    if (stdin.writableLength > MAX_WAITING_BYTES) return false;
    stdin.write(frame(message));
    return true;
  }

  stderrTail(): string {
    return this.ring.tail();
  }

  async stop(): Promise<void> {
    this.leave('stopped', STEP_MS, 'The process was stopped.');
    await this.goneSignal.promise;
  }

  private watch(child: ChildProcess): void {
    child.once('error', (error) => {
      if (child.pid === undefined) this.failed(error);
    });
    child.once('exit', (code, signal) => this.exited(code, signal));
    child.once('close', () => this.gone());
    child.stdout?.on('data', (chunk: Buffer) => this.lines.push(chunk));
    child.stdout?.once('end', () => this.halfClosed('output'));
    child.stderr?.on('data', (chunk: Buffer) => this.ring.push(chunk));
    child.stdin?.on('error', () => this.halfClosed('input'));
    child.stdout?.on('error', () => {});
    child.stderr?.on('error', () => {});
  }

  private failed(error: unknown): void {
    this.refuse(this.ring.redacted(spawnFailure(this.options.command, this.options.cwd, error)));
  }

  private oversize(): void {
    this.child?.stdout?.destroy();
    const { maxMessageBytes } = this.options;
    this.leave(
      'protocol',
      0,
      `The process wrote a line of more than ${maxMessageBytes} bytes to standard output, where each line is one message.`,
    );
  }

  /** Usually the process is about to exit; one that stays without its pipes is of no use. */
  private halfClosed(pipe: 'input' | 'output'): void {
    if (this.state !== 'running') return;
    this.arm(STEP_MS, () => {
      this.leave('protocol', 0, `The process closed its standard ${pipe} but went on running.`);
    });
  }

  private leave(reason: StdioExit['reason'], graceMs: number, detail: string): void {
    if (this.state !== 'running') return;
    this.state = 'leaving';
    this.reason = reason;
    this.detail = detail;
    this.child?.stdin?.end();
    const terminate = (): void => {
      this.signalAll('SIGTERM');
      this.arm(STEP_MS, () => this.signalAll('SIGKILL'));
    };
    if (graceMs === 0) terminate();
    else this.arm(graceMs, terminate);
  }

  private exited(code: number | null, signal: string | null): void {
    this.state = 'exited';
    this.code = code;
    this.signal = signal;
    this.signalAll('SIGKILL');
    // From here on the number of the group may be given to another process.
    if (this.pid !== undefined) this.deps.reaper.remove(this.pid);
    this.arm(DRAIN_MS, () => {
      this.child?.stdout?.destroy();
      this.child?.stderr?.destroy();
      this.gone();
    });
  }

  private gone(): void {
    if (this.state === 'gone') return;
    this.lines.end();
    this.state = 'gone';
    this.timer?.cancel();
    const detail = this.detail ?? exitText(this.code, this.signal);
    const stderrTail = this.stderrTail() || detail;
    this.deps.onGone();
    this.goneSignal.resolve();
    const { code, signal, reason } = this;
    this.options.onExit({ code, signal, stderrTail, reason, detail });
  }

  private signalAll(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.pid !== undefined) signalGroup(this.pid, signal);
  }

  private arm(delayMs: number, task: () => void): void {
    this.timer?.cancel();
    this.timer = this.deps.clock.after(delayMs, task);
  }
}

function spawnProcess(options: StdioOptions): ChildProcess {
  return spawn(options.command, options.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: childEnvironment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    // A group of its own, which the ladder and the reaper can end as a whole.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

function exitText(code: number | null, signal: string | null): string {
  return signal === null
    ? `The process ended by itself with code ${code ?? 'unknown'}.`
    : `The process was ended by the signal ${signal}.`;
}
