/**
 * Converts one document in a process of its own and writes what came of it: a line of figures, then
 * the tools. Arguments: the document, the file to write, and the plug-in.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [document = '', out = '', plugIn = ''] = process.argv.slice(2);
const { convert } = await import(pathToFileURL(resolve(plugIn)).href);
globalThis.gc?.();
const before = process.cpuUsage();
let tools: unknown;
let error = '';
let isBug = false;
try {
  tools = await convert(document);
} catch (thrown) {
  error = thrown instanceof Error ? thrown.message : String(thrown);
  // What is said of a document is a plain error; any other kind is a fault of the converter.
  isBug = !(thrown instanceof Error) || thrown.name !== 'Error' || error === '';
}
const { user, system } = process.cpuUsage(before);
const importMb = process.resourceUsage().maxRSS / 1024;
const text = tools === undefined ? 'null' : JSON.stringify(tools);
const all = process.cpuUsage(before);
const figures = {
  error,
  isBug,
  importMs: (user + system) / 1000,
  allMs: (all.user + all.system) / 1000,
  importMb,
  allMb: process.resourceUsage().maxRSS / 1024,
};
writeFileSync(out, `${JSON.stringify(figures)}\n${text}`);
