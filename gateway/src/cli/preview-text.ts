/** A preview as people read it: what is wrong first, then what there is, what it costs, its score. */
import { printableLine } from '../config/index.ts';
import type { PreviewReport } from '../upstreams/index.ts';
import { apiTools } from './api-tools.ts';
import { count, grouped, moreLine, shownOf } from './counted.ts';
import type { Output } from './output.ts';
import { showPreviewWarnings } from './preview-warnings.ts';
import { table } from './table.ts';

/** Combinations of credentials that are shown. */
const MAX_NEEDS = 5;

/** @param isWhole shows every line of every list */
export function showPreview(out: Output, report: PreviewReport, isWhole: boolean): void {
  showHead(out, report);
  showPreviewWarnings(out, report, isWhole);
  for (const line of apiTools(report.tools, isWhole, widthOf(out))) out.line(line);
  out.line();
  showPrices(out, report);
  showClients(out, report);
  showCredentials(out, report, isWhole);
  showScore(out, report);
}

function showHead(out: Output, report: PreviewReport): void {
  const { title, version, format, servers, operations } = report;
  const name = printableLine(`${title || report.source} ${version}`.trim());
  out.line(`${out.outPaint.strong(name)} (${format})`);
  const [server = 'the document names none'] = servers;
  const others = servers.length > 1 ? ` and ${grouped(servers.length - 1)} more` : '';
  out.line(`Server: ${printableLine(server)}${others}`);
  const { byEffect, deprecated, total } = operations;
  const effects = (
    [
      [byEffect.read, 'read'],
      [byEffect.write, 'write'],
      [byEffect.destroy, 'may destroy'],
      [byEffect.unknown, 'of unknown effect'],
    ] as const
  ).flatMap(([number, words]) => (number === 0 ? [] : [`${grouped(number)} ${words}`]));
  const list = effects.length === 0 ? '' : `: ${effects.join(', ')}`;
  const old = deprecated === 0 ? '' : `; ${grouped(deprecated)} deprecated`;
  out.line(`${count(total, 'operation')}${list}${old}`);
  out.line();
}

function showPrices(out: Output, { tokens, mode }: PreviewReport): void {
  const { full, compact, search, isEstimate, measured } = tokens;
  const price = `${isEstimate ? '~' : ''}${grouped(full)}`;
  const others = `compact ${grouped(compact)}, search ${grouped(search)}`;
  out.line(`Tokens of a list: full ${price}, ${others}`);
  if (isEstimate) {
    out.line(`  full is estimated from ${count(measured, 'operation')}, spread evenly`);
  }
  out.line(`Mode: ${out.outPaint.strong(mode.mode)}. ${mode.why}`);
  out.line();
}

/** What other modes spare a client is said, too: somebody may set `full`. */
function showClients(out: Output, { clients, mode, tools }: PreviewReport): void {
  if (clients.length === 0) return;
  out.line(
    mode.mode === 'full'
      ? 'Clients that leave tools out:'
      : 'In full mode, clients would leave tools out:',
  );
  const rows = clients.map(({ client, tools: lost, why }) => [
    client,
    lost.length === 0 ? '' : count(lost.length, 'tool'),
    lost.length === 1 && tools.length > 1 ? `${lost[0] ?? ''}: ${why}` : why,
  ]);
  for (const line of table(rows, widthOf(out))) out.line(`  ${line}`);
  out.line();
}

function showCredentials(out: Output, { auth }: PreviewReport, isWhole: boolean): void {
  const isNone = auth.schemes.length === 0;
  out.line(isNone ? 'Credentials: the document names none.' : 'Credentials:');
  const rows = auth.schemes.map(({ scheme, words, operations, isConfigured }) => [
    scheme,
    isConfigured ? 'configured' : 'not configured',
    count(operations, 'operation'),
    words,
  ]);
  for (const line of table(rows, widthOf(out))) out.line(`  ${line}`);
  const several = auth.needs.filter(({ need }) => / (?:and|or) /.test(need));
  const shown = isWhole ? several.length : shownOf(several.length, MAX_NEEDS);
  for (const { need, operations } of several.slice(0, shown)) {
    out.line(`  ${count(operations, 'operation')}: ${printableLine(need)}`);
  }
  if (shown < several.length) out.line(`  ${moreLine(several.length - shown)}`);
  if (!isNone && auth.open > 0) out.line(`  ${count(auth.open, 'operation')}: none needed`);
  out.line();
}

function showScore(out: Output, { score }: PreviewReport): void {
  out.line(`Score: ${out.outPaint.strong(`${score.total} of 100`)}`);
  const rows = score.parts.map(({ name, points, of, why }) => [name, `${points}/${of}`, why]);
  for (const line of table(rows, widthOf(out))) out.line(`  ${line}`);
}

/** Columns that are left beside the indentation. */
function widthOf({ surroundings: { stdout } }: Output): number | undefined {
  return stdout.isTTY === true && stdout.columns !== undefined ? stdout.columns - 2 : undefined;
}
