/** The methods of a server as operations, and those that are no tools with the reason. */
import type { DescMethod, DescService, FileRegistry } from '@bufbuild/protobuf';
import type { Comments } from '../source/comments.ts';
import type { Operation, Repair, Skipped, SourcePlace } from '../../api/model.ts';
import { allocateNames } from '../../api/names.ts';
import { wordsOf } from '../../api/name-words.ts';
import { firstSentence } from './comment-text.ts';
import { effectsOf } from './effects.ts';

export interface Selection {
  /** Patterns over full names of services and methods; [] for all. */
  readonly services: readonly string[];
  readonly exclude: readonly string[];
  readonly isBidirectional: boolean;
  /** Services to take; undefined for all that the descriptors have. */
  readonly offered: ReadonlySet<string> | undefined;
}

export interface FoundMethods {
  readonly operations: readonly Operation[];
  readonly skipped: readonly Skipped[];
  readonly repairs: readonly Repair[];
  readonly title: string;
  readonly description: string;
}

/** Services by which servers speak of themselves: no tools, unless somebody gave files of them. */
const HIDDEN = /^grpc\.(?:health|reflection|channelz)\./;
const MAX_SUMMARY = 120;

export function keyOf(method: DescMethod): string {
  return `grpc:${placeOf(method)}`;
}

export function placeOf({ parent, name }: DescMethod): string {
  return `${parent.typeName}/${name}`;
}

/** @param knownNames names of tools by key, of an earlier import */
export function findMethods(
  registry: FileRegistry,
  selection: Selection,
  knownNames: ReadonlyMap<string, string>,
  comments: Comments,
): FoundMethods {
  const services = servicesIn(registry, selection);
  const skipped: Skipped[] = [];
  const methods: DescMethod[] = [];
  for (const method of services.flatMap((service) => service.methods)) {
    if (!isWanted(method, selection)) continue;
    if (method.methodKind === 'bidi_streaming' && !selection.isBidirectional) {
      const why =
        'it streams both ways; streaming.bidirectional makes a tool of it: a list in, a list out';
      skipped.push({ what: placeOf(method), why, at: sourceOf(method) });
    } else methods.push(method);
  }
  const wishes = wishesOf(methods);
  const names = allocateNames(wishes, knownNames);
  const operations = methods.map((method): Operation => {
    const key = keyOf(method);
    const { name, aliases } = names.get(key) ?? { name: key, aliases: [] };
    return operationOf(method, name, aliases, comments);
  });
  const [first] = services;
  return {
    operations,
    skipped,
    repairs: [],
    title: services.length === 1 && first !== undefined ? first.name : titleOf(services),
    description: first === undefined ? '' : firstSentence(comments.at(first).leading, 300),
  };
}

function titleOf(services: readonly DescService[]): string {
  const packages = new Set(services.map(({ file }) => file.proto.package));
  const [first = ''] = packages;
  return first === '' ? 'gRPC' : packages.size === 1 ? first : `${first} and more`;
}

function servicesIn(registry: FileRegistry, { offered }: Selection): DescService[] {
  return [...registry].filter(
    (each): each is DescService =>
      each.kind === 'service' &&
      (offered === undefined || (offered.has(each.typeName) && !HIDDEN.test(each.typeName))),
  );
}

function isWanted(method: DescMethod, { services, exclude }: Selection): boolean {
  const names = [
    method.parent.typeName,
    `${method.parent.typeName}.${method.name}`,
    placeOf(method),
  ];
  const fits = (pattern: string): boolean => names.some((name) => matches(pattern, name));
  return (services.length === 0 || services.some(fits)) && !exclude.some(fits);
}

/** `*` stands for anything. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** The method's own words where they tell enough and nobody else has them, else its service's before. */
function wishesOf(methods: readonly DescMethod[]) {
  const counts = new Map<string, number>();
  for (const { name } of methods) counts.set(name, (counts.get(name) ?? 0) + 1);
  return methods.map((method) => {
    const own = wordsOf(method.name);
    const service = wordsOf(method.parent.name).filter((word) => word !== 'service');
    const isTelling = own.length > 1 && counts.get(method.name) === 1;
    return { key: keyOf(method), words: isTelling ? own : [...service, ...own] };
  });
}

function operationOf(
  method: DescMethod,
  name: string,
  aliases: readonly string[],
  comments: Comments,
): Operation {
  const summary = firstSentence(comments.at(method).leading, MAX_SUMMARY);
  const words = wordsOf(method.name).join(' ');
  return {
    key: keyOf(method),
    name,
    aliases,
    title: words.slice(0, 1).toUpperCase() + words.slice(1),
    summary: summary === '' ? `Calls ${placeOf(method)}.`.slice(0, MAX_SUMMARY) : summary,
    tags: [method.parent.typeName],
    isDeprecated: method.deprecated || method.parent.deprecated,
    verb: method.methodKind,
    place: placeOf(method),
    effects: effectsOf(method),
    auth: [],
    at: sourceOf(method),
  };
}

function sourceOf(method: DescMethod): SourcePlace {
  const { proto } = method.parent.file;
  return { source: proto.name, pointer: placeOf(method), line: 0 };
}
