/** Every source that a document leads to, loaded once at import and never after it. */
import type { Node } from '../document.ts';
import { decodeText } from './decode-text.ts';
import { absolute, findResources } from './anchors.ts';
import { externalReferences } from './external-references.ts';
import { openLines, type Lines } from './lines.ts';
import type { SourceLimits } from './limits.ts';
import { resolveLocation, splitReference } from './location.ts';
import { parseSource } from './parse.ts';
import type { Parsed, TextFault } from './parsed.ts';

/** One text with its value. */
export interface Source {
  /** '' for the document itself. */
  readonly id: string;
  /** Path or address; references in it are relative to this. */
  readonly location: string;
  readonly node: Node;
  readonly bytes: Buffer;
  readonly syntax: 'json' | 'yaml';
  readonly repairs: Parsed['repairs'];
  readonly mentionsOthers: boolean;
  /** Made on first need: whoever never asks for a line pays nothing. */
  readonly lines: () => Lines;
}

/** Reads the bytes of another source. @returns words where they cannot be had */
export type LoadSource = (location: string) => Promise<Buffer | string>;

export function makeSource(id: string, location: string, bytes: Buffer, parsed: Parsed): Source {
  const { node, syntax, repairs, mentionsOthers } = parsed;
  let lines: Lines | undefined;
  return {
    id,
    location,
    node,
    bytes,
    syntax,
    repairs,
    mentionsOthers,
    lines: () => (lines ??= openLines(decodeText(bytes), syntax)),
  };
}

/** All sources by their id; a string says why one that is referred to is not there. */
export type Sources = ReadonlyMap<string, Source | string>;

/** Loads what `main` refers to, and what that refers to, up to the limits. */
export async function loadSources(
  main: Source,
  load: LoadSource,
  limits: SourceLimits,
): Promise<Sources> {
  const walk = walkSources(main, limits);
  let step = walk.next();
  // One after another: the budget of bytes is shared, and the order is the digest's.
  while (step.done !== true) step = walk.next(await load(step.value));
  return step.value;
}

/** The same where everything was loaded before. */
export function reloadSources(
  main: Source,
  load: (location: string) => Buffer | string,
  limits: SourceLimits,
): Sources {
  const walk = walkSources(main, limits);
  let step = walk.next();
  while (step.done !== true) step = walk.next(load(step.value));
  return step.value;
}

/** Asks for one source after another and takes its bytes, or words where they cannot be had. */
function* walkSources(
  main: Source,
  limits: SourceLimits,
): Generator<string, Sources, Buffer | string> {
  const sources = new Map<string, Source | string>([['', main]]);
  const wanted = locationsOf(main);
  let bytesLeft = limits.maxBytes - main.bytes.length;
  for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
    if (next === main.location || sources.has(next)) continue;
    if (sources.size > limits.maxFiles) {
      sources.set(next, `not loaded: more than ${limits.maxFiles} files`);
      break;
    }
    const bytes = yield next;
    const parsed = typeof bytes === 'string' ? bytes : parseWithin(bytes, bytesLeft, limits);
    if (typeof bytes === 'string' || typeof parsed === 'string') {
      sources.set(next, typeof parsed === 'string' ? parsed : 'not loaded');
      continue;
    }
    bytesLeft -= bytes.length;
    const source = makeSource(next, next, bytes, parsed);
    sources.set(next, source);
    wanted.push(...locationsOf(source));
  }
  return sources;
}

function parseWithin(bytes: Buffer, maxBytes: number, limits: SourceLimits): Parsed | string {
  const parsed = parseSource(bytes, { ...limits, maxBytes });
  return 'node' in parsed ? parsed : faultWords(parsed);
}

function faultWords({ text, line }: TextFault): string {
  return line > 0 ? `${text} (line ${line})` : text;
}

/** The sources that one names, each once, as locations. */
function locationsOf({ node, location, mentionsOthers }: Source): string[] {
  if (!mentionsOthers) return [];
  // Schemas may be known by an address of their own without being anywhere else.
  const own = new Set(findResources(node, absolute(location, '')).map(({ id }) => id));
  const found = new Set<string>();
  for (const reference of externalReferences(node)) {
    const [target] = splitReference(reference);
    if (!isPlausible(target) || own.has(absolute(target, location))) continue;
    found.add(resolveLocation(target, location));
  }
  return [...found];
}

/** A bare word (`Pet`) is no file; such references of old documents mean a definition. */
function isPlausible(target: string): boolean {
  return /[./]/.test(target) && target.length < 2000 && !/[\n\r]/.test(target);
}
