/** A child to start. Nothing in it is read by a shell: every argument arrives as it is written. */
export interface StdioOptions {
  /** A path, or a name found in the child's PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Variables set for the child; they win over inherited ones. */
  readonly env: Readonly<Record<string, string>>;
  /** Names passed on from the gateway's environment besides the harmless ones (environment.ts). */
  readonly inheritEnv: readonly string[];
  /** The child's working directory; the gateway's own when left out. */
  readonly cwd?: string | undefined;
  /** The longest message taken from the child; a longer one ends it with `protocol`. */
  readonly maxMessageBytes: number;
  /** Values that must not appear in `stderrTail` and `detail`. */
  readonly secrets?: readonly string[] | undefined;
  /** One line of the child's output that begins with `{` or `[{`; not yet checked to be JSON. */
  readonly onMessage: (bytes: Buffer) => void;
  /** Called exactly once, never before `spawn` has returned; no message comes after it. */
  readonly onExit: (exit: StdioExit) => void;
}

export interface StdioExit {
  /** The exit code; null where a signal ended the process or it never ran. */
  readonly code: number | null;
  readonly signal: string | null;
  /** See `StdioChild.stderrTail`; where the child said nothing, the same as `detail`. */
  readonly stderrTail: string;
  /**
   * `exited`: by itself. `spawn_failed`: never ran. `protocol`: ended by us, because its output was
   * too long or closed. `stopped`: ended by `stop`.
   */
  readonly reason: 'exited' | 'spawn_failed' | 'protocol' | 'stopped';
  /** What happened and what to do about it, in words for the operator. */
  readonly detail: string;
}

export interface StdioChild {
  /** Undefined where the process could not be started. */
  readonly pid: number | undefined;
  /**
   * Sends one JSON-RPC message, without a newline at its end; line breaks between its tokens become
   * spaces. False, and nothing sent: the child is gone or going, or more than 4 MiB wait already
   * because it does not read.
   */
  send(message: Buffer): boolean;
  /** The last 64 Ki characters of standard error and stray output lines, secrets redacted. */
  stderrTail(): string;
  /**
   * Closes the child's input, after 2 s sends SIGTERM to its group, after 2 s more SIGKILL.
   * Resolves when the process is gone and `onExit` was called. May be called again.
   */
  stop(): Promise<void>;
}
