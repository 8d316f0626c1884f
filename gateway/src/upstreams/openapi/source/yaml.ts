/**
 * YAML as a tree of plain values. Keys are always text as written (`200` stays `200`), a key given
 * twice keeps its last value, tags that are not known are ignored, aliases are shared values whose
 * number is bounded, and merge keys (`<<`) are followed.
 */
import { EVENT_ID, SCALAR_STYLE, YAMLException, getScalarValue, parseEvents } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';
import type { Node } from '../document.ts';
import type { SourceLimits } from './limits.ts';
import { isList, isMapping, setMember } from './node.ts';
import type { Parsed, TextFault, TextRepair } from './parsed.ts';
import { escapeStep } from './pointer.ts';
import { plainScalar } from './scalars.ts';
import { indentQuotedLines } from './yaml-indent.ts';

interface Frame {
  readonly value: Node[] | Record<string, Node>;
  readonly anchor: string;
  /** Null while a key is awaited. */
  key: string | null;
  isMerge: boolean;
  /** Keys that came by a merge, which own ones replace. */
  merged: Set<string> | null;
  /** Values below, aliases counted as what they stand for. */
  weight: number;
}

interface Anchored {
  readonly value: Node;
  readonly weight: number;
}

/** Builds the values of one text out of the parser's events. */
class Builder {
  readonly #text: string;
  readonly #limits: SourceLimits;
  readonly #frames: Frame[] = [];
  readonly #anchors = new Map<string, Anchored>();
  readonly repairs: TextRepair[] = [];
  mentionsOthers = false;
  hasAliases = false;
  documents = 0;
  root: Node = undefined;

  constructor(text: string, limits: SourceLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  /** @returns words where the text asks for too much */
  take(event: Event): string {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.documents++;
        this.#frames.length = 0;
        return '';
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.SEQUENCE:
        this.#open([], this.#name(event.anchorStart, event.anchorEnd));
        return '';
      case EVENT_ID.MAPPING:
        this.#open({}, this.#name(event.anchorStart, event.anchorEnd));
        return '';
      case EVENT_ID.ALIAS:
        return this.#alias(this.#name(event.anchorStart, event.anchorEnd));
      default:
        return this.#close();
    }
  }

  #name(start: number, end: number): string {
    return start < 0 ? '' : this.#text.slice(start, end);
  }

  #open(value: Node[] | Record<string, Node>, anchor: string): void {
    this.#frames.push({ value, anchor, key: null, isMerge: false, merged: null, weight: 1 });
  }

  #scalar(event: ScalarEvent): string {
    const text = getScalarValue(this.#text, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
    const frame = this.#frames.at(-1);
    if (frame !== undefined && frame.key === null && !Array.isArray(frame.value)) {
      frame.key = text;
      frame.isMerge = isPlain && text === '<<';
      if (event.anchorStart >= 0) this.#anchor(event, text);
      return '';
    }
    if (frame?.key === '$ref' && !text.startsWith('#')) this.mentionsOthers = true;
    const value = isPlain ? plainScalar(text) : text;
    if (event.anchorStart >= 0) this.#anchor(event, value);
    return this.#add(value, 1);
  }

  #anchor(event: ScalarEvent, value: Node): void {
    this.#anchors.set(this.#name(event.anchorStart, event.anchorEnd), { value, weight: 1 });
  }

  #alias(name: string): string {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) return `the alias *${name} names nothing that came before it`;
    if (typeof anchored.value === 'object') this.hasAliases = true;
    const frame = this.#frames.at(-1);
    if (frame !== undefined && frame.key === null && !Array.isArray(frame.value)) {
      const key = anchored.value;
      if (typeof key !== 'string' && typeof key !== 'number') {
        return `the alias *${name} cannot be a key`;
      }
      frame.key = String(key);
      return '';
    }
    return this.#add(anchored.value, anchored.weight);
  }

  #close(): string {
    const frame = this.#frames.pop();
    if (frame === undefined) return '';
    if (frame.anchor !== '') {
      this.#anchors.set(frame.anchor, { value: frame.value, weight: frame.weight });
    }
    return this.#add(frame.value, frame.weight);
  }

  #add(value: Node, weight: number): string {
    const frame = this.#frames.at(-1);
    if (frame === undefined) {
      if (this.documents <= 1) this.root = value;
      return '';
    }
    frame.weight += weight;
    if (frame.weight > this.#limits.maxNodes) {
      return `it stands for more than ${this.#limits.maxNodes} values; its aliases multiply`;
    }
    if (Array.isArray(frame.value)) {
      frame.value.push(value);
      return '';
    }
    if (frame.key === null) return 'a mapping or list cannot be a key';
    const { key } = frame;
    frame.key = null;
    return frame.isMerge ? merge(frame, value) : this.#set(frame, frame.value, key, value);
  }

  #set(frame: Frame, target: Record<string, Node>, key: string, value: Node): string {
    if (Object.hasOwn(target, key) && !(frame.merged?.delete(key) ?? false)) {
      this.repairs.push({
        what: `the key "${key}" is given twice; the last one counts`,
        pointer: this.#pointer(),
      });
    }
    setMember(target, key, value);
    return '';
  }

  #pointer(): string {
    let pointer = '#';
    for (const { key, value } of this.#frames) {
      if (Array.isArray(value)) pointer += `/${value.length}`;
      else if (key !== null) pointer += `/${escapeStep(key)}`;
    }
    return pointer;
  }
}

function merge(frame: Frame, value: Node): string {
  frame.isMerge = false;
  if (Array.isArray(frame.value)) return '';
  frame.merged ??= new Set();
  for (const source of isList(value) ? value : [value]) {
    if (!isMapping(source)) return 'a merge key (<<) needs a mapping';
    for (const [key, member] of Object.entries(source)) {
      if (Object.hasOwn(frame.value, key)) continue;
      setMember(frame.value, key, member);
      frame.merged.add(key);
    }
  }
  return '';
}

/** Reads one YAML text; of several documents in it the first counts. */
export function parseYaml(text: string, limits: SourceLimits): Parsed | TextFault {
  const read = yamlEvents(text, limits.maxDepth);
  if (!('events' in read)) return read;
  const builder = new Builder(read.text, limits);
  for (const event of read.events) {
    const fault = builder.take(event);
    if (fault !== '') return { text: fault, line: lineOf(read.text, event) };
  }
  const { repairs, mentionsOthers, hasAliases, documents } = builder;
  if (read.text !== text) {
    repairs.push({ what: 'quoted texts are indented less than their keys', pointer: '#' });
  }
  if (documents > 1) {
    repairs.push({ what: `the text holds ${documents} documents; the first counts`, pointer: '#' });
  }
  return { node: builder.root, syntax: 'yaml', repairs, mentionsOthers, hasAliases };
}

export interface YamlEvents {
  readonly events: readonly Event[];
  /** What their offsets count in. */
  readonly text: string;
}

/** The parser's events of a text, of which wrong indentation of quoted texts is no fault. */
export function yamlEvents(text: string, maxDepth: number): YamlEvents | TextFault {
  const read = tryEvents(text, maxDepth);
  if ('events' in read || read.text !== 'deficient indentation') return read;
  const again = tryEvents(indentQuotedLines(text), maxDepth);
  return 'events' in again ? again : read;
}

function tryEvents(text: string, maxDepth: number): YamlEvents | TextFault {
  try {
    return { events: parseEvents(text, { maxDepth }), text };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { text: error.reason, line: (error.mark?.line ?? -1) + 1 };
  }
}

function lineOf(text: string, event: Event): number {
  const at = eventOffset(event);
  return at < 0 ? 0 : text.slice(0, at).split('\n').length;
}

/** Where in its text an event begins; -1 where it does not say. */
export function eventOffset(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return -1;
  }
}
