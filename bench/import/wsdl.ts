/** Judges the tools of WSDLs: every operation has one, and its messages fit the schemas. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadOfflineSoap } from '../../gateway/src/upstreams/index.ts';
import { judgeDocument, type Judged } from './wsdl/judge.ts';

const MAX_TOLD = 3;
const MIN_SHARE = 0.9;

export function isWsdl(path: string): boolean {
  return /\.wsdl(?:\.xml)?$/i.test(path);
}

/** Judges all WSDLs of a folder, addresses are never asked; fewer than 90 % usable is a failure. */
export async function judgeWsdl(folder: string, say: (text: string) => void): Promise<boolean> {
  const files = wsdlsIn(folder);
  if (files.length === 0) return false;
  const open = await loadOfflineSoap();
  const all = files.map((file) => {
    const judged = judgeDocument({ location: file, bytes: readFileSync(file) }, loadFile, open);
    tell(relative(folder, file) || file, judged, say);
    return judged;
  });
  summarize(all, say);
  return true;
}

function tell(file: string, judged: Judged, say: (text: string) => void): void {
  const { verdict, operations, usable, faults, notes, ms } = judged;
  say(`  ${verdict.padEnd(7)} ${file}: ${usable} of ${operations}, ${ms.toFixed(0)} ms`);
  for (const line of [...faults.slice(0, MAX_TOLD), ...notes])
    say(`            ${line.slice(0, 300)}`);
}

/**
 * A document that cannot be used by anybody, since it speaks of what it does not have or is no WSDL 1.1,
 * is listed with what it says; the share is given with and without those.
 */
function summarize(all: readonly Judged[], say: (text: string) => void): void {
  const count = (verdict: Judged['verdict']): number =>
    all.filter((one) => one.verdict === verdict).length;
  const [usable, miss, broken] = [count('usable'), count('MISS'), count('broken')];
  const share = usable / Math.max(1, usable + miss);
  const whole = usable / Math.max(1, usable + miss + broken);
  const sum = (read: (one: Judged) => number): number =>
    all.reduce((total, one) => total + read(one), 0);
  say(
    `WSDL: ${all.length} documents, ${count('nothing')} without an operation that is bound to SOAP over HTTP, ${count('other')} of WSDL 2.0`,
  );
  say(
    `  usable ${usable}, missed ${miss}: ${percent(share)} of those that can be used; ${broken} are broken in themselves (${percent(whole)} with them)`,
  );
  say(
    `  operations ${sum((one) => one.operations)}, usable ${sum((one) => one.usable)}; messages that were validated ${sum((one) => one.messages)}`,
  );
  if (share < MIN_SHARE) process.exitCode = 1;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function wsdlsIn(folder: string): string[] {
  if (statSync(folder).isFile()) return isWsdl(folder) ? [folder] : [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return wsdlsIn(path);
      return isWsdl(path) ? [path] : [];
    })
    .toSorted();
}

function loadFile(location: string): Buffer | string {
  if (/^https?:/i.test(location)) return 'addresses are not asked here';
  try {
    return readFileSync(location);
  } catch {
    return 'there is no such file';
  }
}
