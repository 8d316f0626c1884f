/** `drawbridge tools`: what an endpoint shows, and what it does not show and why. */
import { printable } from '../../config/index.ts';
import { DEFAULT_ENDPOINT } from '../../kernel/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { loadOrFail, withGateway, type CommonOptions } from '../session.ts';
import { unknownEndpoint } from '../endpoint-option.ts';
import { table } from '../table.ts';
import { listTools, type ListedTool, type MissingPart } from '../tool-list.ts';

export interface ToolsOptions extends CommonOptions {
  readonly endpoint?: string;
}

/** Exit 3 when nothing is listed because upstreams are missing. */
export async function runTools(out: Output, options: ToolsOptions): Promise<ExitCode> {
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const endpoint = options.endpoint ?? DEFAULT_ENDPOINT;
  const { value: config, directory } = loaded;
  const unknown = unknownEndpoint(out, config, endpoint);
  if (unknown !== undefined) return unknown;
  return withGateway(out, config, directory, options, async (gateway) => {
    const list = await listTools(gateway, config, out.surroundings.version, endpoint);
    if (!list.ok)
      return out.fail({ exit: EXIT.upstream, code: 'list_failed', message: list.message });
    const { tools, missing } = list;
    out.result({
      ok: true,
      endpoint,
      tools: tools.map(({ name, title, description, upstream }) => ({
        name,
        title,
        description,
        upstream,
      })),
      missing,
    });
    showTools(out, tools);
    showMissing(out, missing);
    return tools.length === 0 && missing.length > 0 ? EXIT.upstream : EXIT.ok;
  });
}

/** A table of public names, one line of what each does, and where it comes from. */
export function showTools(out: Output, tools: readonly ListedTool[]): void {
  if (tools.length === 0) {
    out.line('No tools.');
    return;
  }
  const rows = tools.map(({ name, title, description, upstream }) => [
    name,
    upstream,
    title || firstSentence(description),
  ]);
  const { isTTY, columns } = out.surroundings.stdout;
  const [head = '', ...lines] = table(
    [['TOOL', 'UPSTREAM', 'WHAT IT DOES'], ...rows],
    isTTY === true ? columns : undefined,
  );
  out.line(out.outPaint.faint(head));
  for (const line of lines) out.line(line);
  out.line();
  out.line(`${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`);
}

/** Which parts of a list are missing or old, on standard error. */
export function showMissing(out: Output, missing: readonly MissingPart[]): void {
  if (out.json) return;
  for (const { upstream, why, stale } of missing) {
    const state = stale ? 'stale (its last good list is shown)' : 'incomplete';
    out.note(`${out.paint.alarm('warning:')} ${upstream} is ${state}: ${printable(why)}`);
  }
}

function firstSentence(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return /^(.{10,}?[.!?])\s/.exec(line)?.[1] ?? line;
}
