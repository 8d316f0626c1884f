/** An error that only clients of 2025-11-25 understand: somebody has to open an address first. */
import { Refusal, type AnswerMessage, type Exchange } from '../../kernel/index.ts';

const URL_ELICITATION_REQUIRED = '-32042';
const SINCE = '2025-11-25';
const MAX_LINKS = 5;
const MAX_LINK_CHARACTERS = 2048;
const MAX_WORDS = 500;

/**
 * @returns for calls of tools by older clients the refusal that tells the model what to open; other
 *   methods have no place for words, so they keep the error
 */
export function refuseUrlElicitation(x: Exchange, message: AnswerMessage): Refusal | undefined {
  const { view, value } = message;
  if (!view.isWritten(view.member(value, 'code'), URL_ELICITATION_REQUIRED)) return undefined;
  if (x.call?.method !== 'tools/call' || x.call.revision >= SINCE) return undefined;
  const links = linksOf(view.value(view.member(value, 'data')));
  const text =
    links.length === 0
      ? 'It wants an address to be opened in a browser, but names none.'
      : `This has to be opened in a browser before the tool is called again: ${links.join(' ')}`;
  return new Refusal('interaction_unsupported', { text });
}

function linksOf(data: unknown): readonly string[] {
  const elicitations = memberOf(data, 'elicitations');
  if (!Array.isArray(elicitations)) return [];
  return elicitations.slice(0, MAX_LINKS).flatMap((each) => {
    const url = memberOf(each, 'url');
    if (typeof url !== 'string' || url.length > MAX_LINK_CHARACTERS) return [];
    const protocol = URL.parse(url)?.protocol;
    if (protocol !== 'https:' && protocol !== 'http:') return [];
    const words = memberOf(each, 'message');
    return typeof words === 'string' && words !== ''
      ? [`${url} (${words.slice(0, MAX_WORDS).toWellFormed()})`]
      : [url];
  });
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
