/**
 * `npm run eval:round-trip -- <folder>`: every document as tools, those tools as the gateway's own
 * OpenAPI document, and that document as tools again. Names, arguments and annotations have to agree.
 */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { documentsIn } from './documents.ts';
import { percent } from './table.ts';
import { tripOf, type Trip } from './trip.ts';

const USAGE = `usage: npm run eval:round-trip -- <folder or document> [options]

options
  --output     the tools also say what they answer with
  --all        print every difference, not only the first ones of a document`;

const MAX_PRINTED = 5;
const MAX_LINE = 400;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (values.help || folder === undefined) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(values.help ? 0 : 2);
}

const trips: Trip[] = [];
let refused = 0;
for (const file of documentsIn(folder, false)) {
  try {
    const location = pathToFileURL(resolve(file)).href;
    const trip = await tripOf(location, readFileSync(file), values.output);
    trips.push(trip);
    const { differences } = trip;
    for (const text of values.all ? differences : differences.slice(0, MAX_PRINTED)) {
      say(`${basename(file)}: ${text.slice(0, MAX_LINE)}`);
    }
    if (!values.all && differences.length > MAX_PRINTED) {
      say(`${basename(file)}: and ${differences.length - MAX_PRINTED} more`);
    }
  } catch (error) {
    refused++;
    say(`${basename(file)}: not read: ${String(error).slice(0, MAX_LINE)}`);
  }
}

const total = (read: (trip: Trip) => number): number =>
  trips.reduce((sum, trip) => sum + read(trip), 0);
const tools = total((trip) => trip.tools);
const equal = total((trip) => trip.equal);
const clean = trips.filter(({ differences }) => differences.length === 0).length;
say(`documents    ${trips.length}, ${clean} without a difference, ${refused} not read`);
say(`operations   ${total((trip) => trip.operations)}`);
say(`tools        ${tools}`);
say(`equal        ${equal} (${percent(equal, tools)})`);
say(`differences  ${total((trip) => trip.differences.length)}`);
say(`reworded     ${total((trip) => trip.reworded)} descriptions`);
process.exitCode = clean === trips.length ? 0 : 1;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
