/** What a page of the documentation shows of a terminal, run as it is written there. */
import { spawn } from 'node:child_process';

/** One command of a page, and what the page says that it prints. */
export interface ShownCommand {
  readonly command: string;
  readonly output: string;
}

/** The commands of the `console` blocks in a part of a page, in their order. */
export function commandsIn(part: string): readonly ShownCommand[] {
  const blocks = [...part.matchAll(/^```console\n(.*?)^```$/gms)].map(([, text = '']) => text);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const lines = text.split('\n');
        // A command goes on where its line ends in a backslash.
        let last = 0;
        while (lines[last]?.endsWith('\\') === true) last++;
        return {
          command: lines.slice(0, last + 1).join('\n'),
          output: lines
            .slice(last + 1)
            .join('\n')
            .trimEnd(),
        };
      }),
  );
}

/** The part of a page below a heading, down to the next heading of the same rank. */
export function partOf(page: string, heading: string): string {
  const rank = heading.indexOf(' ');
  const lines = page.split('\n');
  let isCode = false;
  let from: number | undefined;
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('```')) isCode = !isCode;
    const isHeading = !isCode && new RegExp(`^#{1,${rank}} `).test(line);
    if (isHeading && from !== undefined) return lines.slice(from, at).join('\n');
    if (line === heading) from = at + 1;
  }
  if (from === undefined) throw new Error(`The page has no heading "${heading}".`);
  return lines.slice(from).join('\n');
}

/** What differs from run to run: keys, their ids, decisions, times. */
const VARYING = new RegExp(
  [
    'dbk_[0-9a-f]{12}_(?:…|[0-9a-f]{64})',
    '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    '(?<![\\w-])[0-9a-f]{12}(?![\\w-])',
    '(?<![\\w-])[\\w-]{12}-\\d+(?![\\w-])',
    '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d)?',
  ].join('|'),
  'g',
);

/** A shell in which the commands of a page are run one after another. */
export class PageShell implements Disposable {
  private readonly shell;
  private readonly real = new Map<string, string>();
  private printed = '';
  private heard: () => void = () => undefined;

  constructor(cwd: string, env: Readonly<Record<string, string>>) {
    this.shell = spawn('bash', ['--norc'], { cwd, env: { ...process.env, ...env } });
    for (const stream of [this.shell.stdout, this.shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
        this.heard();
      });
    }
  }

  /** Says what stands for a text of the page here, for example an address. */
  means(shown: string, real: string): void {
    this.real.set(shown, real);
  }

  /**
   * Runs a command as it is written, but for what varies and was shown before.
   * @returns what it printed, with the page's own texts where they vary
   */
  async run({ command, output }: ShownCommand): Promise<string> {
    const printed = await this.print(this.substituted(command));
    const shown = output.match(VARYING) ?? [];
    const real = printed.match(VARYING) ?? [];
    for (const [at, text] of shown.entries()) {
      const stands = real[at];
      if (stands !== undefined && !this.real.has(text)) this.real.set(text, stands);
    }
    let back = printed;
    const longestFirst = [...this.real].toSorted(([, a], [, b]) => b.length - a.length);
    for (const [text, stands] of longestFirst) back = back.replaceAll(stands, text);
    return back;
  }

  [Symbol.dispose](): void {
    this.shell.kill('SIGKILL');
  }

  private substituted(command: string): string {
    let text = command;
    const longestFirst = [...this.real].toSorted(([a], [b]) => b.length - a.length);
    for (const [shown, real] of longestFirst) text = text.replaceAll(shown, real);
    return text;
  }

  private async print(command: string): Promise<string> {
    const from = this.printed.length;
    const end = /\nended with \d+\n$/;
    this.shell.stdin.write(`{ ${command}\n} 2>&1 </dev/null; printf '\\nended with %s\\n' $?\n`);
    while (!end.test(this.printed.slice(from))) {
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
    return this.printed.slice(from).replace(end, '').trimEnd();
  }
}
