/** One bad habit, chosen by the first argument. */
const habits: Record<string, () => void> = {
  /** Never a newline. */
  flood: () => {
    const block = 'x'.repeat(65_536);
    const write = (): boolean => process.stdout.write(block, () => setImmediate(write));
    write();
  },
  /** Logs on standard output, between messages. */
  logs: () => {
    process.stdout.write('Server starting…\n[info] ready\n{"ok":1}\nbye\n{"ok":2}\n');
  },
  crash: () => {
    process.stderr.write('cannot read config.json\n');
    process.exit(7);
  },
  /** 8 MiB of errors, then a message. */
  chatter: () => {
    const block = 'all work and no play\n'.repeat(4096);
    for (let count = 0; count < 100; count += 1) process.stderr.write(block);
    process.stderr.write('the last line\n', () => process.stdout.write('{"ok":1}\n'));
    process.stdin.resume();
  },
  secrets: () => {
    const secret = process.env['SECRET_OF_TEST'] ?? '';
    process.stderr.write(`using ${secret.slice(0, 5)}`);
    setTimeout(() => process.stderr.write(`${secret.slice(5)} and token=abc123def\n`), 20);
  },
  /** Lives on without its output. */
  mute: () => {
    process.stdout.end();
    process.stdin.resume();
    setInterval(() => {}, 60_000);
  },
  /** Never reads. */
  deaf: () => {
    process.stdout.write('{"ok":1}\n');
    setInterval(() => {}, 60_000);
  },
};

habits[process.argv[2] ?? '']?.();
