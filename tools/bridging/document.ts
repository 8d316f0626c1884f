/** docs/bridging.md, made from the rows. */
import { PAIRS, type Cell, type Pair, type Row } from './cells.ts';
import { ROWS } from './rows.ts';

const TITLES: Readonly<Record<Pair, string>> = {
  'modern-modern': 'Modern client, modern server',
  'modern-legacy': 'Modern client, legacy server',
  'legacy-legacy': 'Legacy client, legacy server',
  'legacy-modern': 'Legacy client, modern server',
};

const WORDS: Readonly<Record<Exclude<Cell['fate'], 'absent'>, string>> = {
  exact: 'exact',
  approximated: '**approximated**',
  refused: '**refused**',
};

const HEAD = `# Between the protocol's eras

MCP has two eras. In the *modern* one (2026-07-28) every request stands for itself, and a server that
needs something of its client answers \`input_required\`. In the *legacy* one (2024-11-05, 2025-03-26,
2025-06-18, 2025-11-25) there are sessions, and a server asks its client by requests of its own.
Drawbridge serves clients of both eras over servers of both, at one endpoint and at the same time.

This page says, for every method and message, what arrives on the other side: *exact* says the same,
*approximated* says what is different, *refused* cannot be said and ends in the error that is named.
Names of errors lead to [errors.md](errors.md). The page is generated from a table that the tests hold
against the code.

`;

/** The whole page. */
export function bridgingDocument(): string {
  return HEAD + PAIRS.map(section).join('\n');
}

function section(pair: Pair): string {
  const rows = ROWS.filter((row) => row.cells[pair].fate !== 'absent');
  const lines = rows.map((row) => line(row, row.cells[pair]));
  return [
    `## ${TITLES[pair]}\n`,
    '| what | arrives | how | specification |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function line(row: Row, cell: Cell): string {
  const fate = cell.fate === 'absent' ? '' : WORDS[cell.fate];
  const links = (cell.reasons ?? []).map((reason) => `[${reason}](errors.md#${reason})`);
  const errors = links.length === 0 ? '' : ` Errors: ${links.join(', ')}.`;
  return `| ${quoted(row.what)} | ${fate} | ${cell.text}${errors} | ${row.spec} |`;
}

/** Names of the protocol as code, descriptions as they are. */
function quoted(what: string): string {
  const [name = '', ...rest] = what.split(' (');
  if (!/^[\w/{},]+$/.test(name) || !name.includes('/'))
    return name === 'initialize' || name === 'ping' ? `\`${name}\`` : what;
  return [`\`${name}\``, ...rest].join(' (');
}
