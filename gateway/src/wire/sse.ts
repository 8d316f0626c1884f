/** Server-sent events, as far as we write them (WHATWG HTML, section 9.2). */

const START = Buffer.from('event: message\ndata: ');
const END = Buffer.from('\n\n');

/**
 * One message as an event. Line ends inside the JSON are white space between its tokens; each begins
 * a new `data` line.
 */
export function frameEvent(message: Buffer | string): Buffer | string {
  if (typeof message === 'string') return frameText(message);
  if (message.includes(0x0a) || message.includes(0x0d)) return frameText(message.toString('utf8'));
  return Buffer.concat([START, message, END]);
}

/** The empty text is a comment line: it keeps an idle stream open and says nothing. */
function frameText(text: string): string {
  return text === '' ? ':\n\n' : frameNamed('message', text);
}

/** A text as an event of a given name (letters only). */
export function frameNamed(event: string, text: string): string {
  const data = /[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/).join('\ndata: ') : text;
  return `event: ${event}\ndata: ${data}\n\n`;
}
