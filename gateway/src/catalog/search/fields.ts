/** What of a tool is searched, and how much each part says. */
import type { ItemSource } from '../items/rewritten-item.ts';
import { stemOf, wordsOf } from './words.ts';

/** A part of a tool. */
interface Field {
  readonly text: string;
  readonly weight: number;
  /** Words that such a part usually has; in a longer one each counts for less. */
  readonly usual: number;
}

/** How strongly length counts, 0 to 1. */
const LENGTH_SHARE = 0.6;

const MAX_TAGS = 16;
const MAX_NAME_CHARACTERS = 256;
const MAX_LINE_CHARACTERS = 300;
const MAX_REST_CHARACTERS = 2_000;
const MAX_PARAMETERS = 40;
const MAX_PARAMETER_CHARACTERS = 120;
/** Words of one tool that count. */
const MAX_STEMS = 400;

/**
 * Weight of each stem of a tool; the more it says of the tool, the more.
 * @param name under which it is known
 */
export function stemWeights(source: ItemSource, name: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const { text, weight, usual } of fieldsOf(source, name)) {
    const words = wordsOf(text);
    const share = weight / (1 - LENGTH_SHARE + (LENGTH_SHARE * words.length) / usual);
    for (const word of words) {
      const stem = stemOf(word);
      const before = weights.get(stem);
      if (before === undefined && weights.size >= MAX_STEMS) continue;
      weights.set(stem, (before ?? 0) + share);
    }
  }
  return weights;
}

function fieldsOf(source: ItemSource, name: string): Field[] {
  const { id, brief } = source;
  const { description, parameters } = source.isBriefGiven ? NOTHING : partsOf(source);
  const line = description === '' ? brief.line : description.slice(0, MAX_LINE_CHARACTERS);
  const sentence = /^.*?[.!?\n](?=\s|$)/su.exec(line)?.[0] ?? line;
  const rest = description.slice(sentence.length, MAX_REST_CHARACTERS);
  const tags = brief.tags.slice(0, MAX_TAGS).join(' ');
  return [
    { text: name.slice(0, MAX_NAME_CHARACTERS), weight: 4, usual: 3 },
    { text: brief.title.slice(0, MAX_NAME_CHARACTERS), weight: 1.5, usual: 3 },
    { text: sentence, weight: 1.5, usual: 8 },
    { text: rest, weight: 0.7, usual: 30 },
    { text: tags.slice(0, MAX_NAME_CHARACTERS), weight: 1.5, usual: 2 },
    { text: parameters, weight: 0.3, usual: 20 },
    { text: id.upstream, weight: 1, usual: 2 },
  ];
}

interface Parts {
  readonly description: string;
  /** Names and descriptions of arguments. */
  readonly parameters: string;
}

const NOTHING: Parts = { description: '', parameters: '' };

function partsOf(source: ItemSource): Parts {
  if ('code' in source.parts()) return NOTHING;
  const { description, inputSchema } = membersOf(JSON.parse(source.definition.toString()));
  const properties = Object.entries(membersOf(membersOf(inputSchema)['properties']));
  const parameters = properties.slice(0, MAX_PARAMETERS).map(([name, schema]) => {
    const said = membersOf(schema)['description'];
    const text = typeof said === 'string' ? said.slice(0, MAX_PARAMETER_CHARACTERS) : '';
    return `${name.slice(0, MAX_PARAMETER_CHARACTERS)} ${text}`;
  });
  return {
    description: typeof description === 'string' ? description.trim() : '',
    parameters: parameters.join(' '),
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
