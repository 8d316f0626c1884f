/** What a prompt says of arguments that are decided here: prompts take texts, by name. */
import {
  isJsonArray,
  isJsonObject,
  itemBindings,
  ownMember,
  parseExact,
  stringifyExact,
  type BoundArgument,
  type ItemBindings,
  type Json,
  type JsonObject,
} from '../../kernel/index.ts';

/** @param definition of a prompt */
export function promptDeclares(definition: JsonObject, path: readonly string[]): boolean {
  const [name] = path;
  return path.length === 1 && argumentsOf(definition).some((each) => nameOf(each) === name);
}

/** The `arguments` of a prompt as callers are shown them. */
export function boundPrompt(definition: JsonObject, { all }: ItemBindings): readonly Json[] {
  const byName = new Map(all.map((each) => [each.path[0], each]));
  const known = new Set<string | undefined>();
  const shown = argumentsOf(definition).flatMap((each) => {
    const bound = byName.get(nameOf(each));
    known.add(nameOf(each));
    return bound === undefined ? [each] : shownAs(each, bound);
  });
  const added = all
    .filter(({ path }) => !known.has(path[0]))
    .flatMap((bound) => shownAs({ name: bound.path[0] ?? '' }, bound));
  return [...shown, ...added];
}

/** Prompts take texts: other values go as their JSON text. What lies inside of others is not there. */
export function promptBindings({ all }: ItemBindings): ItemBindings {
  return itemBindings(
    all
      .filter(({ path }) => path.length === 1)
      .map((bound) => ({
        ...bound,
        shown: asText(bound.shown),
        valueFor: (principal) => asText(bound.valueFor(principal)),
      })),
  );
}

function shownAs(argument: Json, { kind, isHidden, shown }: BoundArgument): Json[] {
  if (isHidden) return [];
  if (!isJsonObject(argument) || shown === undefined) return [argument];
  const said = ownMember(argument, 'description');
  const words = kind === 'fix' ? `Always ${shown} here.` : `${shown} where it is left out.`;
  const description = typeof said === 'string' ? `${said} ${words}` : words;
  return [{ ...argument, description, required: false }];
}

function asText(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  return typeof parseExact(json) === 'string' ? json : stringifyExact(json);
}

function argumentsOf(definition: JsonObject): readonly Json[] {
  const its = ownMember(definition, 'arguments');
  return isJsonArray(its) ? its : [];
}

function nameOf(argument: Json): string | undefined {
  const name = isJsonObject(argument) ? ownMember(argument, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}
