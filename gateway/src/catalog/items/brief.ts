/** What can be said of an item in one line. */
import type { ItemBrief } from '../../kernel/index.ts';

const MAX_LINE_CHARACTERS = 120;

/**
 * Reads title and first sentence from a definition that has been scanned before.
 * @param definition one JSON object, or empty
 */
export function readBrief(definition: Buffer): ItemBrief {
  const { title, description, annotations } = membersOf(definition);
  const annotated = isObject(annotations) ? annotations['title'] : undefined;
  const shown = typeof title === 'string' ? title : annotated;
  return {
    title: typeof shown === 'string' ? oneLine(shown) : '',
    line: typeof description === 'string' ? oneLine(description) : '',
    tags: [],
  };
}

function membersOf(definition: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = definition.length === 0 ? undefined : JSON.parse(definition.toString());
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first line that says something; a longer one is cut between words. */
export function oneLine(text: string): string {
  const first =
    text
      .slice(0, 4096)
      .trim()
      .split(/[\r\n]/, 1)[0] ?? '';
  const line = first.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const cut = line.slice(0, MAX_LINE_CHARACTERS - 2);
  const space = cut.lastIndexOf(' ');
  return `${(space > MAX_LINE_CHARACTERS / 2 ? cut.slice(0, space) : cut).toWellFormed()} …`;
}
