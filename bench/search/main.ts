/** `npm run eval:search -- <tool_definition.jsonl[.gz] or its folder>`: how well tools are found. */
import { parseArgs } from 'node:util';
import { percent } from '../import/table.ts';
import { fillUp, readTools } from './corpus.ts';
import { readQuestions, scoreOf, type Outcome, type Question } from './questions.ts';
import { Searched, type Costs } from './searched.ts';

const MIN_RECALL = 0.85;
const MAX_CPU_MS = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tools: { type: 'string', default: '10000' },
    questions: { type: 'string' },
    times: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    'held-out': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [corpus] = positionals;
if (values.help || corpus === undefined) {
  process.stdout.write(
    'npm run eval:search -- <tool_definition.jsonl[.gz] or its folder>\n' +
      '  --tools <n>         size at which CPU is measured too (10000)\n' +
      '  --questions <file>  other questions than ours\n' +
      '  --times <n>         repetitions of each question for CPU (20)\n' +
      '  --held-out          also show misses of questions that are held out\n' +
      '  --json              figures for programs\n',
  );
  process.exit(values.help ? 0 : 2);
}
const say = (text: string): void => {
  process[values.json ? 'stderr' : 'stdout'].write(`${text}\n`);
};

const tools = readTools(corpus);
const questions = readQuestions(values.questions ?? new URL('questions.jsonl', import.meta.url));
const known = new Set(tools.map(({ id }) => id));
const usable = questions.filter((one) => one.tools.some((id) => known.has(id)));
const queries = usable.map(({ question }) => question);
say(`${tools.length} tools, ${usable.length} of ${questions.length} questions have one here`);

const small = await Searched.of(tools);
const smallCosts = await small.costs(queries, Number(values.times));
const outcomes = await answer(small, usable);
small.close();
reportAnswers();

const large = await Searched.of(fillUp(tools, Number(values.tools)));
const largeCosts = await large.costs(queries, Number(values.times));
const largeScore = scoreOf(await answer(large, usable));
large.close();
say(`\nfilled up to ${largeCosts.tools} by variations of the same definitions:`);
say(`recall@5 ${percent(largeScore.at5, 1)}, MRR ${largeScore.mrr.toFixed(3)}`);
for (const costs of [smallCosts, largeCosts]) say(textOf(costs));

const score = scoreOf(outcomes);
const missed = [
  ...(score.at5 < MIN_RECALL ? [`recall@5 ${score.at5.toFixed(3)} < ${MIN_RECALL}`] : []),
  ...[smallCosts, largeCosts]
    .filter(({ p95Ms }) => p95Ms > MAX_CPU_MS)
    .map((one) => `${one.p95Ms.toFixed(2)} ms CPU > ${MAX_CPU_MS} at ${one.tools} tools`),
];
say(missed.length === 0 ? '\nAll floors hold.' : `\nMissed: ${missed.join('; ')}.`);
if (values.json) {
  const figures = { score, largeScore, costs: [smallCosts, largeCosts], outcomes };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
process.exitCode = missed.length === 0 ? 0 : 1;

async function answer(searched: Searched, asked: readonly Question[]): Promise<Outcome[]> {
  const found: Outcome[] = [];
  for (const question of asked) {
    const names = await searched.names(question.question);
    const wanted = new Set(question.tools);
    const place = names.findIndex((name) => wanted.has(searched.idOf(name))) + 1;
    found.push({ question, names, place });
  }
  return found;
}

function reportAnswers(): void {
  say('                    n   @1     @5     @10    MRR');
  const row = (name: string, some: readonly Outcome[]): void => {
    const { count, at1, at5, at10, mrr } = scoreOf(some);
    const shares = [at1, at5, at10].map((share) => percent(share, 1).padStart(6)).join(' ');
    say(`${name.padEnd(16)} ${String(count).padStart(4)} ${shares}  ${mrr.toFixed(3)}`);
  };
  row('all', outcomes);
  row(
    '  looked at',
    outcomes.filter(({ question }) => !question.isHeldOut),
  );
  row(
    '  held out',
    outcomes.filter(({ question }) => question.isHeldOut),
  );
  for (const [kind, some] of Map.groupBy(outcomes, ({ question }) => question.kind)) {
    row(kind, some);
  }
  const misses = outcomes.filter(
    ({ place, question }) =>
      (place === 0 || place > 5) && (values['held-out'] || !question.isHeldOut),
  );
  say(`\nmissed within 5${values['held-out'] ? '' : ', of those looked at'}:`);
  for (const { question, names, place } of misses) {
    say(`  ${question.question} (${place === 0 ? 'not in 10' : `place ${place}`})`);
    say(`    instead: ${names.slice(0, 5).join(', ')}`);
  }
}

function textOf(costs: Costs): string {
  const { tools: count, buildMs, bytesPerTool, p50Ms, p95Ms, maxMs } = costs;
  const query = [p50Ms, p95Ms, maxMs].map((ms) => ms.toFixed(2)).join('/');
  return (
    `${count} tools: CPU of a search p50/p95/max ${query} ms; ` +
    `index ${buildMs.toFixed(0)} ms, ${bytesPerTool.toFixed(0)} bytes per tool`
  );
}
