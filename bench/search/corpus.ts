/** Tool definitions of a corpus as the lists of upstreams, and more of them in their manner. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One tool of the corpus, with the place where the catalog shows it. */
export interface CorpusTool {
  /** Id of the item in the corpus; '' for one that only fills up. */
  readonly id: string;
  readonly upstream: string;
  readonly name: string;
  readonly definition: string;
}

interface Item {
  readonly id: string;
  readonly label: string;
  readonly server: string | null;
  readonly definition: { readonly name: string; readonly [member: string]: unknown };
}

const FILE = /^tool_definition\.jsonl(\.gz)?$/;

/** @param path the file, packed or not, or a folder that holds it */
export function readTools(path: string): CorpusTool[] {
  const folder = statSync(path).isDirectory();
  const inside = folder ? readdirSync(path).find((name) => FILE.test(name)) : '';
  if (inside === undefined) throw new Error(`No tool_definition.jsonl in ${path}.`);
  const bytes = readFileSync(join(path, inside));
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  const taken = new Set<string>();
  const tools: CorpusTool[] = [];
  for (const line of text.split('\n')) {
    const item: Item | undefined = line === '' ? undefined : JSON.parse(line);
    if (item?.label !== 'benign') continue;
    const { name } = item.definition;
    const server = slug(item.server ?? 'various');
    let upstream = server;
    // A server whose definitions were collected more than once has a tool several times.
    for (let copy = 2; taken.has(`${upstream}/${name}`); copy++) upstream = `${server}-${copy}`;
    taken.add(`${upstream}/${name}`);
    tools.push({ id: item.id, upstream, name, definition: JSON.stringify(item.definition) });
  }
  return tools;
}

/**
 * Repeats the tools until there are `count`, each time as those of other upstreams and with other
 * rare words in the place of theirs. Words that many definitions have stay: so the words that cost
 * most to look for stand in as many more tools, and the vocabulary grows too.
 */
export function fillUp(tools: readonly CorpusTool[], count: number): CorpusTool[] {
  const places = new Map<string, number>();
  for (const { definition } of tools) {
    for (const word of new Set(definition.match(WORD))) {
      places.set(word, (places.get(word) ?? 0) + 1);
    }
  }
  const all = [...tools];
  for (let round = 1; all.length < count; round++) {
    for (const { upstream, definition } of tools.slice(0, count - all.length)) {
      const other = definition.replaceAll(WORD, (word) =>
        (places.get(word) ?? 0) < MANY_PLACES && !MEMBERS.has(word) ? turned(word, round) : word,
      );
      const { name } = JSON.parse(other);
      all.push({ id: '', upstream: `${upstream}-v${round}`, name, definition: other });
    }
  }
  return all;
}

const MANY_PLACES = 12;
const WORD = /(?<![\\\p{L}])\p{L}{4,}/gu;
const MEMBERS = new Set([
  'name',
  'description',
  'inputSchema',
  'properties',
  'annotations',
  'title',
]);
const CONSONANTS = 'bcdfghjklmnpqrstvwxz';

/** Another word of the same look: its consonants are replaced by later ones. */
function turned(word: string, round: number): string {
  return Array.from(word)
    .map((letter) => {
      const at = CONSONANTS.indexOf(letter);
      return at < 0 ? letter : (CONSONANTS[(at + round) % CONSONANTS.length] ?? letter);
    })
    .join('');
}

function slug(server: string): string {
  return server
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
}
