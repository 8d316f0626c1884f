/** `drawbridge preview`: what an API would offer, or what changed in one that is there. */
import { resolve } from 'node:path';
import { readProxies } from '../../egress/index.ts';
import { systemClock } from '../../kernel/index.ts';
import { diffSource, previewSource } from '../../upstreams/index.ts';
import { showDiff } from '../diff-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { filledHeaders, givenHeaders } from '../given-headers.ts';
import type { Output } from '../output.ts';
import { showPreview } from '../preview-text.ts';
import { withProgress } from '../progress.ts';
import { loadOrFail, type CommonOptions } from '../session.ts';
import { nearest } from '../../config/index.ts';

export interface PreviewCommandOptions extends CommonOptions {
  /** Tokens that a list of its tools may take. */
  readonly budget?: number;
  readonly all?: boolean;
  /** Id of an upstream to compare with. */
  readonly diff?: string;
  /** Sent where the source is, `Name: value`. */
  readonly header?: readonly string[];
}

const DEFAULT_BUDGET = 8000;

/**
 * Exit 1 for a text that is no description of an API, 3 for one that cannot be had, 4 when a
 * comparison finds changes that somebody should look at first.
 */
export async function runPreview(
  out: Output,
  source: string | undefined,
  options: PreviewCommandOptions,
): Promise<ExitCode> {
  if (options.diff !== undefined) return compare(out, source ?? '', options.diff, options);
  if (source === undefined) {
    return out.fail({
      exit: EXIT.usage,
      code: 'usage',
      message: 'nothing to look at',
      hint: 'give the path or the address of an API or of what describes it',
    });
  }
  const given = givenHeaders(out, options.header ?? []);
  if (typeof given === 'number') return given;
  const headers = filledHeaders(out, given, options);
  if (typeof headers === 'number') return headers;
  const budgetTokens = options.budget ?? DEFAULT_BUDGET;
  const work = previewSource({ source, budgetTokens, headers }, depsOf(out));
  const previewed = await withProgress(out, systemClock, 'Reading the document', work);
  if (previewed.kind === 'fault') return failOnSource(out, source, previewed);
  out.result({ ok: true, ...previewed.report });
  showPreview(out, previewed.report, options.all === true);
  return EXIT.ok;
}

async function compare(
  out: Output,
  source: string,
  id: string,
  options: PreviewCommandOptions,
): Promise<ExitCode> {
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const { value: config, directory } = loaded;
  const entry = Object.hasOwn(config.upstreams, id) ? config.upstreams[id] : undefined;
  if (entry === undefined) {
    const near = nearest(id, Object.keys(config.upstreams));
    return out.fail({
      exit: EXIT.problem,
      code: 'upstream_unknown',
      message: `there is no upstream "${id}"`,
      hint: near === undefined ? 'drawbridge check shows what there is' : `did you mean "${near}"?`,
    });
  }
  const stateDir = resolve(directory, config.server.stateDir);
  const request = { id, entry, source, stateDir, configDirectory: directory };
  const work = diffSource(request, depsOf(out));
  const diffed = await withProgress(out, systemClock, 'Comparing the documents', work);
  if (diffed.kind === 'fault') return failOnSource(out, source || id, diffed);
  const { diff, against } = diffed;
  out.result({ ok: true, upstream: id, against, ...diff });
  const what = against === 'import' ? 'its last import' : 'the document of its entry';
  out.line(`${id}, compared with ${what}`);
  out.line();
  showDiff(out, diff, options.all === true);
  return diff.risky > 0 ? EXIT.denied : EXIT.ok;
}

function depsOf({ surroundings }: Output) {
  const wayOut = { proxies: readProxies(surroundings.env) };
  return { clock: systemClock, directory: process.cwd(), wayOut };
}

interface SourceFault {
  readonly why: 'unreadable' | 'other' | 'broken';
  readonly text: string;
  readonly line: number;
}

function failOnSource(out: Output, source: string, fault: SourceFault): ExitCode {
  const isRemote = fault.why === 'unreadable' && /^https?:/i.test(source);
  return out.fail({
    exit: isRemote ? EXIT.upstream : EXIT.problem,
    code: fault.why === 'unreadable' ? 'document_unreadable' : 'document_invalid',
    message: fault.text,
  });
}
