/** A text of either syntax as values. JSON first: it is read many times faster than YAML. */
import type { Node } from '../document.ts';
import { decodeText } from './decode-text.ts';
import { isDeeperThan } from './depth.ts';
import type { SourceLimits } from './limits.ts';
import type { Parsed, TextFault, TextRepair } from './parsed.ts';
import { parseYaml } from './yaml.ts';

/** Reads bytes as JSON or YAML, whichever they are; refuses what is over a limit. */
export function parseSource(bytes: Buffer, limits: SourceLimits): Parsed | TextFault {
  if (bytes.length > limits.maxBytes) {
    const allowed = Math.floor(limits.maxBytes / 1_048_576);
    return { text: `it has ${bytes.length} bytes; at most ${allowed} MiB are read`, line: 0 };
  }
  const text = decodeText(bytes);
  const first = /\S/.exec(text)?.[0];
  if (first === undefined) return { text: 'it is empty', line: 0 };
  if (first === '<') return { text: 'it is HTML or XML; JSON or YAML is needed', line: 1 };
  if (first !== '{' && first !== '[') return parseYaml(text, limits);
  if (isDeeperThan(bytes, limits.maxDepth)) {
    return { text: `it is nested deeper than ${limits.maxDepth} levels`, line: 0 };
  }
  return parseJson(text) ?? parseAlmostJson(text, limits);
}

function parseJson(text: string): Parsed | undefined {
  try {
    const node: Node = JSON.parse(text);
    const mentionsOthers = mentionsOtherSources(text);
    return { node, syntax: 'json', repairs: [], mentionsOthers, hasAliases: false };
  } catch {
    return undefined;
  }
}

/** JSON with comments, single quotes or trailing commas is YAML; else the fault is the JSON's. */
function parseAlmostJson(text: string, limits: SourceLimits): Parsed | TextFault {
  const parsed = parseYaml(text, limits);
  if ('node' in parsed) {
    const repair: TextRepair = { what: 'the text is not valid JSON; read as YAML', pointer: '#' };
    return { ...parsed, repairs: [repair, ...parsed.repairs] };
  }
  return jsonFault(text) ?? parsed;
}

function jsonFault(text: string): TextFault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const line = Number(/\(line (\d+)/.exec(message)?.[1] ?? 0);
    const offset = /position (\d+)/.exec(message)?.[1];
    const reason = message.replace(/ (?:in JSON )?at position.*$/s, '').replace(/, ".*$/s, '');
    if (line > 0) return { text: reason, line };
    if (offset === undefined) return { text: reason, line: text.split('\n').length };
    return { text: reason, line: text.slice(0, Number(offset)).split('\n').length };
  }
}

const KEY = '"$ref"';

/** Whether a `$ref` in a JSON text has a value that does not begin with `#`. */
function mentionsOtherSources(text: string): boolean {
  for (let at = text.indexOf(KEY); at >= 0; at = text.indexOf(KEY, at + KEY.length)) {
    let start = at + KEY.length;
    while (isSpaceOrColon(text.charCodeAt(start))) start++;
    if (text[start] === '"' && text[start + 1] !== '#') return true;
  }
  return false;
}

function isSpaceOrColon(code: number): boolean {
  return code === 0x20 || code === 0x3a || code === 0x0a || code === 0x0d || code === 0x09;
}
