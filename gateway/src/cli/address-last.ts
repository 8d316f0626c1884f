/** Where options of `add` may stand. */

/** Options of `add` that take a value, so that the first word that is none can be found. */
const VALUED = /^(-n|-c|--(name|header|env|config))$/;

/**
 * Lets options follow an address: `add https://host/mcp --name x`. After a command's first word
 * everything belongs to the command; an address has no options of its own.
 */
export function addressLast(words: readonly string[]): string[] {
  const [command, ...rest] = words;
  if (command !== 'add') return [...words];
  let at = 0;
  while (at < rest.length && rest[at]?.startsWith('-') === true) {
    if (rest[at] === '--') return [...words];
    at += VALUED.test(rest[at] ?? '') ? 2 : 1;
  }
  const address = rest[at];
  if (address === undefined || !/^https?:\/\//i.test(address)) return [...words];
  return [command, ...rest.slice(0, at), ...rest.slice(at + 1), address];
}
