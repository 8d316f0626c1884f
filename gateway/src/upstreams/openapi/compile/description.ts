/** What a model is told of an operation. */
import { successes } from './accept.ts';
import { cleanText, cutText, firstSentence } from '../../api/words/clean-text.ts';
import { hasType, propertiesOf, resolved } from './schema-session.ts';
import { type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { OperationView, ResponseView } from '../document.ts';
import type { AnswerShape } from './answer-shape.ts';

/** Longest description of an operation, characters. */
const MAX_TEXT = 1200;

/** Longer than anything that is written here. */
const MAX_KEPT_TEXT = 4000;

const MAX_NAMES = 8;

/** Says nothing that the status does not say. */
const EMPTY_WORDS =
  /^(?:\d{3}|an?|the|ok|okay|success(?:ful|fully|full)?|successful(?:ly)? (?:operation|response|request|call|completed?)|request|response|operation|default|accepted|created|completed?|no content|result|returned|executed|description|todo)(?: (?:operation|response|request|ok|result|status|code|description|successful|completed|created|accepted))*[.!]?$/i;

/**
 * @param shape of the successful JSON answer; undefined where nothing is known of it
 * @returns summary, what the document says, what comes back; deprecation first
 */
export function describeOperation(view: OperationView, shape: AnswerShape | undefined): string {
  const { operation } = view;
  const summary = operation.summary.trim();
  const returns = returnLine(view.responses, shape);
  const marks = operation.isDeprecated
    ? 'Deprecated: do not use it where there is another way.'
    : '';
  const budget = MAX_TEXT - returns.length - marks.length - summary.length - 6;
  const said = cleanText(view.description, Math.max(200, budget));
  const isSaid = sameStart(said, summary);
  const texts = [
    marks,
    isSaid ? '' : ended(summary),
    sameStart(summary, said) && !isSaid ? '' : said,
    returns,
  ];
  return cutText(texts.filter((text) => text !== '').join('\n'), MAX_TEXT);
}

/** What a gateway tells of a tool of its own; said once, not summed up again. */
export function keptDescription(view: OperationView): string {
  return cutText(view.description.toWellFormed(), MAX_KEPT_TEXT);
}

function sameStart(text: string, start: string): boolean {
  const bare = (of: string): string =>
    of
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return bare(text).startsWith(bare(start));
}

function ended(line: string): string {
  return line === '' || /[.!?…:]$/.test(line) ? line : `${line}.`;
}

/** `Returns a list of objects with id, name, tags.` */
function returnLine(responses: readonly ResponseView[], shape: AnswerShape | undefined): string {
  const good = successes(responses);
  const said =
    good.map((response) => firstSentence(response.description, 160)).find(isTelling) ?? '';
  const form = shape === undefined ? mediaWords(good) : shapeWords(shape);
  if (form === '') return said === '' ? '' : `Returns: ${ended(said)}`;
  return said === '' ? `Returns ${form}.` : `Returns ${form}: ${ended(said)}`;
}

function isTelling(text: string): boolean {
  return text.length > 3 && !EMPTY_WORDS.test(text.trim());
}

function shapeWords(shape: AnswerShape): string {
  const root = resolved(shape.root, shape.session);
  if (hasType(root, 'array')) {
    const names = nameList(resolved(ownMember(root, 'items'), shape.session));
    return names === '' ? 'a list' : `a list of objects with ${names}`;
  }
  const names = nameList(root);
  return names === '' ? '' : `an object with ${names}`;
}

function nameList(schema: JsonObject): string {
  const names = Object.keys(propertiesOf(schema)).filter((name) => name.length <= 40);
  if (names.length === 0) return '';
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown}, …` : shown;
}

function mediaWords(good: readonly ResponseView[]): string {
  const types = good.flatMap((response) => response.contents.map((content) => content.mediaType));
  const type = types.find((one) => one.length <= 80 && !one.includes('*'));
  if (type === undefined) return '';
  return /json/i.test(type) ? '' : type;
}
