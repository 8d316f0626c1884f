/**
 * Extensions of callers, as far as servers hear of them. Where several servers stand behind one
 * endpoint, only those that the gateway knows how to share pass (2026-07-28, extensions).
 */
import {
  EXTENSIONS,
  extensionsIn,
  isJsonObject,
  parseExact,
  stringifyExact,
  type JsonObject,
} from '../../kernel/index.ts';

/** Callers choose these texts; a longer one is not passed on to sessions, which are kept apart by it. */
const MAX_CHARACTERS = 4096;

/** What may be declared to servers of an endpoint with several of them. */
const SHARED: ReadonlySet<string> = new Set(Object.values(EXTENSIONS));

/** A key may be written with escapes; then it is read before anything is said about it. */
const MAY_DECLARE = /extensions|\\/;

/**
 * What a session, or a modern server on behalf of a legacy caller, is told: JSON text of an object of
 * extensions, '' for none. Nobody but the gateway itself declares tasks there.
 */
export function extensionsToTell(capabilities: string, isOfMany: boolean): string {
  const declared = MAY_DECLARE.test(capabilities) ? extensionsIn(capabilities) : undefined;
  if (declared === undefined) return '';
  const told = pick(
    declared,
    (name) => name !== EXTENSIONS.tasks && (!isOfMany || SHARED.has(name)),
  );
  if (told === undefined) return '';
  const text = stringifyExact(told);
  return text.length > MAX_CHARACTERS ? '' : text;
}

/**
 * A modern caller's capabilities without the extensions that cannot be shared; undefined where there
 * is nothing to take out.
 */
export function withoutUnshared(capabilities: string): string | undefined {
  if (!MAY_DECLARE.test(capabilities)) return undefined;
  const declared = parseExact(capabilities);
  if (!isJsonObject(declared)) return undefined;
  const { extensions, ...rest } = declared;
  if (!isJsonObject(extensions)) return undefined;
  if (Object.keys(extensions).every((name) => SHARED.has(name))) return undefined;
  const kept = pick(extensions, (name) => SHARED.has(name));
  return stringifyExact(kept === undefined ? rest : { ...rest, extensions: kept });
}

/** @param extensions as `extensionsToTell` gives them */
export function declaringExtensions(capabilities: string, extensions: string): string {
  if (extensions === '') return capabilities;
  const separator = capabilities === '{}' ? '' : ',';
  return `${capabilities.slice(0, -1)}${separator}"extensions":${extensions}}`;
}

function pick(all: JsonObject, isWanted: (name: string) => boolean): JsonObject | undefined {
  const wanted = Object.entries(all).filter(([name]) => isWanted(name));
  return wanted.length === 0 ? undefined : Object.fromEntries(wanted);
}
