/**
 * `npm run eval:values -- <folder>`: calls every operation of some documents with arguments made of
 * its schema, over a real connection, and compares what a server reads of it by the specification.
 */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openDocument } from './convert.ts';
import { documentsIn } from './documents.ts';
import { percent } from './table.ts';
import { callOnce } from './values/call.ts';
import { describedOperation, readRoot } from './values/described.ts';
import { openWire } from './values/received.ts';

const USAGE = `usage: npm run eval:values -- <folder or document> [options]

options
  --documents N   evenly chosen among those of the folder (40); 0 for all
  --seed TEXT     other arguments ('1')
  --refusals      also print every call that was refused or not judged`;

const MAX_LINE = 700;
/** Shares of the optional arguments that are given, one call each. */
const SHARES = [0, 0.5, 1];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    documents: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    refusals: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (values.help || folder === undefined) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(values.help ? 0 : 2);
}

const figures = { operations: 0, calls: 0, equal: 0, arguments: 0, refused: 0, unread: 0 };
const mismatches: string[] = [];
const unread = new Map<string, number>();
const wire = await openWire();
const files = evenly(documentsIn(folder, false), Number(values.documents));
for (const file of files) {
  try {
    await callAll(file);
  } catch (error) {
    say(`${basename(file)}: not read: ${String(error).slice(0, MAX_LINE)}`);
  }
}
await wire.close();

say(`documents    ${files.length}`);
say(`operations   ${figures.operations}`);
say(`calls        ${figures.calls} with ${figures.arguments} arguments`);
say(`equal        ${figures.equal} (${percent(figures.equal, figures.calls)})`);
say(`refused      ${figures.refused} by the encoder, with a reason`);
say(`not judged   ${figures.unread} calls`);
for (const [why, count] of unread) say(`             ${count} × ${why}`);
say(`mismatches   ${mismatches.length}`);
process.exitCode = mismatches.length === 0 ? 0 : 1;

async function callAll(file: string): Promise<void> {
  const bytes = readFileSync(file);
  const opened = await openDocument(pathToFileURL(resolve(file)).href, bytes);
  const root = readRoot(bytes.toString('utf8'));
  for (const { key, verb, place } of opened.document.operations) {
    const compiled = opened.callOf(key);
    if (typeof compiled === 'string') continue;
    figures.operations++;
    const described = root === undefined ? undefined : describedOperation(root, verb, place);
    for (const share of SHARES) {
      const name = `${basename(file)} ${key}`;
      if (described === undefined) notJudged('described in several files');
      else {
        const seed = `${values.seed} ${name}`;
        const subject = { call: compiled, described, place, seed };
        await callAndCount(name, () => callOnce(subject, wire, share));
      }
    }
  }
}

async function callAndCount(name: string, call: () => ReturnType<typeof callOnce>): Promise<void> {
  const { fault, refusal, arguments: count } = await call();
  if (refusal !== '') {
    figures.refused++;
    if (values.refusals) say(`refused ${name}: ${refusal}`);
  } else if (fault.startsWith('? ')) {
    notJudged(fault.slice(2));
    if (values.refusals) say(`not judged ${name}: ${fault.slice(2)}`);
  } else {
    figures.calls++;
    figures.arguments += count;
    if (fault === '') figures.equal++;
    else {
      mismatches.push(name);
      say(`${name}: ${fault}`.slice(0, MAX_LINE));
    }
  }
}

function notJudged(why: string): void {
  figures.unread++;
  unread.set(why, (unread.get(why) ?? 0) + 1);
}

function evenly<T>(list: readonly T[], count: number): T[] {
  if (count <= 0 || count >= list.length) return [...list];
  return Array.from(
    { length: count },
    (_, at) => list[Math.floor((at * list.length) / count)],
  ).filter((one) => one !== undefined);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
