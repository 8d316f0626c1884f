/** Two validators of messages: xmllint, and that of the Java runtime where xmllint refuses the schema. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TIMEOUT_MS = 180_000;
const XERCES = fileURLToPath(new URL('Xerces.java', import.meta.url));

/** What a validator says: of each message that is wrong why, or why it cannot use the schema. */
export type Said =
  | { readonly kind: 'judged'; readonly by: string; readonly wrong: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly by: string; readonly why: string };

/**
 * Neither of them asks an address.
 * @param paths of messages
 */
export function validate(schema: string, paths: readonly string[]): readonly Said[] {
  if (paths.length === 0) return [{ kind: 'judged', by: 'nobody', wrong: new Map() }];
  const first = xmllint(schema, paths);
  return first.kind === 'judged' ? [first] : [first, xerces(schema, paths)];
}

function xmllint(schema: string, paths: readonly string[]): Said {
  const { stderr, error } = spawnSync(
    'xmllint',
    ['--noout', '--nonet', '--nocatalogs', '--schema', schema, ...paths],
    { encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 256 * 1024 * 1024 },
  );
  const by = 'xmllint';
  if (error !== undefined) return { kind: 'refused', by, why: error.message };
  const lines = stderr.split('\n');
  const valid = new Set(lines.filter((line) => line.endsWith(' validates')));
  const judged = lines.some((line) => /(?: validates| fails to validate)$/.test(line));
  if (!judged) {
    const why = lines.find((line) => line.includes('error')) ?? lines[0] ?? '';
    return { kind: 'refused', by, why: withoutPlace(why) };
  }
  const wrong = new Map<string, string>();
  for (const path of paths) {
    if (valid.has(`${path} validates`)) continue;
    const why = lines.find((line) => line.startsWith(`${path}:`) && line.includes('error')) ?? '';
    wrong.set(path, withoutPlace(why));
  }
  return { kind: 'judged', by, wrong };
}

function xerces(schema: string, paths: readonly string[]): Said {
  const list = join(dirname(schema), 'messages.txt');
  writeFileSync(list, paths.join('\n'));
  const { stdout, stderr, error, status } = spawnSync('java', ['-Xss16m', XERCES, schema, list], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 256 * 1024 * 1024,
  });
  const by = 'Xerces';
  if (error !== undefined || status !== 0) {
    return { kind: 'refused', by, why: error?.message ?? stderr.slice(0, 300) };
  }
  const refused = /^SCHEMA (.*)$/m.exec(stdout);
  if (refused !== null) return { kind: 'refused', by, why: refused[1] ?? '' };
  const wrong = new Map<string, string>();
  for (const [, path = '', why = ''] of stdout.matchAll(/^WRONG (\S+) (.*)$/gm)) {
    wrong.set(path, why);
  }
  return { kind: 'judged', by, wrong };
}

function withoutPlace(line: string): string {
  return line
    .replace(/^\S+?:\d+: /, '')
    .replace(/^element \S+: Schemas (?:parser|validity) error : /, '');
}
