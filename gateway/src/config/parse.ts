/** YAML text to plain values, with the place of every key and value. */
import { LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import { expand, type ExpansionSources, type Filled } from './expand.ts';
import type { Problem } from './problem.ts';
import { readTree } from './read-tree.ts';
import { SourceMap } from './source-map.ts';

export interface ParsedFile {
  readonly value: unknown;
  readonly map: SourceMap;
  readonly problems: readonly Problem[];
  /** What placeholders were filled with, and where (paths as JSON). */
  readonly filled: readonly Filled[];
  readonly filledPaths: ReadonlySet<string>;
}

/**
 * Parses one YAML 1.2 document of the core schema. Refused, each with its place: syntax errors,
 * duplicate keys, custom tags, several documents, more than 50,000 nodes after aliases, placeholders
 * that cannot be filled.
 */
export function parseFile(file: string, text: string, sources: ExpansionSources): ParsedFile {
  const lines = new LineCounter();
  const map = new SourceMap(file, lines);
  const parsed = parseYaml(text, lines);
  const problems: Problem[] = [];
  const filled: Filled[] = [];
  const filledPaths = new Set<string>();
  const nothing = { value: undefined, map, problems, filled, filledPaths };
  if (parsed === undefined) {
    problems.push(map.atOffset(0, [], 'the file is nested too deeply to be read'));
    return nothing;
  }
  for (const fault of [...parsed.errors, ...parsed.warnings]) {
    problems.push(map.atOffset(fault.pos[0], [], ...wordYamlFault(fault)));
  }
  if (problems.length > 0) return nothing;
  const value = readTree(parsed.contents, {
    document: parsed,
    place: (path, keyAt, valueAt) => map.add(path, keyAt, valueAt),
    refuse: (at, path, message, hint) => problems.push(map.atOffset(at, path, message, hint)),
    text: (raw, at, path) => {
      const expansion = expand(raw, sources);
      if (expansion.ok) {
        filled.push(...expansion.filled);
        if (expansion.filled.length > 0) filledPaths.add(JSON.stringify(path));
        return expansion.text;
      }
      for (const fault of expansion.faults) {
        problems.push(map.atOffset(at, path, fault.message, fault.hint));
      }
      return undefined;
    },
  });
  return { ...nothing, value };
}

/** The options that every reading and editing of a configuration file shares. */
export function parseYaml(text: string, lines: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: true,
      stringKeys: true,
      strict: true,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Words for the faults that people meet most; the parser's own first line for the others. */
function wordYamlFault(fault: YAMLError): [message: string, hint?: string] {
  switch (fault.code) {
    case 'DUPLICATE_KEY':
      return ['this key stands here twice', 'remove one of the two, or merge their contents'];
    case 'TAB_AS_INDENT':
      return ['a tab is used for indentation', 'indent with spaces'];
    case 'MULTIPLE_DOCS':
      return ['the file holds several YAML documents', 'keep one, without a line of three dashes'];
    case 'TAG_RESOLVE_FAILED':
      return ['tags like !this are not allowed here', 'remove the tag'];
    case 'NON_STRING_KEY':
      return ['a key must be text', 'put it in quotes'];
    default:
      return [decapitalize(fault.message.split('\n')[0] ?? fault.message)];
  }
}

function decapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
