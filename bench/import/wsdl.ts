/** Judges the tools of WSDLs: the message of every operation must fit the schemas, as xmllint sees them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { loadOfflineSoap, type OfflineSoap } from '../../gateway/src/upstreams/index.ts';
import { sampleOf } from './wsdl-sample.ts';
import { writeSchemas, type Missing } from './wsdl-schemas.ts';

interface Judged {
  readonly file: string;
  readonly operations: number;
  readonly usable: number;
  readonly faults: readonly string[];
  readonly ms: number;
}

const XMLLINT_MS = 120_000;

export function isWsdl(path: string): boolean {
  return /\.wsdl(?:\.xml)?$/i.test(path);
}

/** Judges all WSDLs of a folder, addresses are never asked; fewer than 90 % usable is a failure. */
export async function judgeWsdl(folder: string, say: (text: string) => void): Promise<boolean> {
  const files = wsdlsIn(folder);
  if (files.length === 0) return false;
  const open = await loadOfflineSoap();
  const all = files.map((file) => judge(file, open));
  // A document that only others import has no operations of its own.
  const judged = all.filter(({ operations, faults }) => operations > 0 || faults.length > 0);
  const usable = judged.filter(
    ({ operations, usable: good, faults }) => good === operations && faults.length === 0,
  );
  for (const one of all) {
    say(
      `  ${basename(dirname(one.file))}/${basename(one.file)}: ${one.usable} of ${one.operations}, ${one.ms.toFixed(0)} ms`,
    );
    for (const fault of one.faults.slice(0, 3)) say(`    ${fault.slice(0, 300)}`);
  }
  const operations = all.reduce((sum, one) => sum + one.operations, 0);
  const good = all.reduce((sum, one) => sum + one.usable, 0);
  const share = usable.length / Math.max(1, judged.length);
  say(
    `WSDL: ${files.length} documents, ${judged.length} with SOAP operations, usable ${usable.length} (${(share * 100).toFixed(1)} %); operations ${operations}, usable ${good}`,
  );
  if (share < 0.9) process.exitCode = 1;
  return true;
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

type Open = Awaited<ReturnType<typeof loadOfflineSoap>>;

function judge(file: string, open: Open): Judged {
  const start = performance.now();
  const api = open({ location: file, bytes: readFileSync(file) }, loadFile);
  if (typeof api === 'string') {
    return { file, operations: 0, usable: 0, faults: [api], ms: performance.now() - start };
  }
  const lost = api.skipped
    .filter(({ at, why }) => at.pointer.startsWith('operation') && !/sends notices/.test(why))
    .map(({ what, why }) => `left out: ${what}: ${why}`);
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-wsdl-'));
  try {
    const faults = [...lost, ...validate(api, folder)];
    const operations = api.operations.length + lost.length;
    return {
      file,
      operations,
      usable: operations - faults.length,
      faults,
      ms: performance.now() - start,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function loadFile(location: string): Buffer | string {
  if (/^https?:/i.test(location)) return 'addresses are not asked here';
  try {
    return readFileSync(location);
  } catch {
    return 'there is no such file';
  }
}

function validate(api: OfflineSoap, folder: string): string[] {
  const faults: string[] = [];
  const named = new Map<string, string>();
  for (const [at, operation] of api.operations.entries()) {
    const tool = api.toolOf(operation);
    const call = api.callOf(operation);
    if (typeof tool === 'string' || typeof call === 'string') {
      const why = [tool, call].find((one) => typeof one === 'string');
      faults.push(`${operation.title}: ${why}`);
      continue;
    }
    const made = call.write(sampleOf(call.input));
    if ('fault' in made) faults.push(`${operation.title}: ${made.fault}`);
    // The element around the parts of rpc stands in no schema; what is inside has no names of its own.
    else if (isJudged(call.soap) && made.body !== '') {
      const path = join(folder, `m${at}.xml`);
      writeFileSync(path, made.body);
      named.set(path, operation.title);
    }
  }
  if (named.size > 0) faults.push(...lintAll(api, folder, named));
  return faults;
}

type Soap = Exclude<ReturnType<OfflineSoap['callOf']>, string>['soap'];

/** Whether the body is one element that the schemas know. */
function isJudged({ style, input }: Soap): boolean {
  return style === 'document' && input.parts.length === 1 && input.parts[0]?.element !== undefined;
}

const UNRESOLVED =
  /^(?:.*?(attribute decl\.))?.*The QName value '\{([^}]*)\}([^']+)' does not resolve to a\(n\) (type definition|simple type definition|element declaration|attribute declaration|model group definition)/gm;
const UNKNOWN_NAMESPACE = /components in the namespace '([^']+)' are not allowed/g;
const MAX_ROUNDS = 8;

/** What imports lack is taken to be anything, so that the rest can be judged. */
function lintAll(api: OfflineSoap, folder: string, named: ReadonlyMap<string, string>): string[] {
  const stubs = new Map<string, Missing>();
  for (let round = 0; ; round++) {
    const { faults, said } = lint(writeSchemas(api.schemas, [...stubs.values()], folder), named);
    const before = stubs.size;
    for (const [, place = '', uri = '', local = '', kind = ''] of said.matchAll(UNRESOLVED)) {
      const [first = ''] = kind
        .replace('simple ', '')
        .replace('type definition', 'type')
        .replace('model ', '')
        .split(' ');
      const needed = first === 'type' && place !== '' ? 'simple' : first;
      stubs.set(`{${uri}}${local} ${first}`, { uri, local, kind: needed });
    }
    for (const [, uri = ''] of said.matchAll(UNKNOWN_NAMESPACE)) {
      stubs.set(uri, { uri, local: '', kind: 'namespace' });
    }
    if (stubs.size === before || round >= MAX_ROUNDS) return faults;
  }
}

function lint(
  schema: string,
  named: ReadonlyMap<string, string>,
): { readonly faults: string[]; readonly said: string } {
  const paths = [...named.keys()];
  const { stderr, status } = spawnSync(
    'xmllint',
    ['--noout', '--nonet', '--schema', schema, ...paths],
    {
      encoding: 'utf8',
      timeout: XMLLINT_MS,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (status === 0) return { faults: [], said: '' };
  const lines = String(stderr).split('\n');
  const faults = paths
    .filter((path) => !lines.includes(`${path} validates`))
    .map((path) => {
      const why =
        lines.find((line) => line.startsWith(path) && line.includes('error')) ??
        lines.find((line) => line.includes('error')) ??
        '';
      return `${named.get(path) ?? ''}: ${why.replace(/^\S+: /, '')}`;
    });
  return { faults, said: String(stderr) };
}
