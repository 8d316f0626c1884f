/** Where options of `add` may stand. */
import { statSync } from 'node:fs';

/** Options of `add` that take a value, so that the first word that is none can be found. */
const VALUED = /^(-n|-c|--(name|header|env|config|url|budget))$/;

/** What has no options of its own: an address, a document, or the file of a database. */
const STANDS_ALONE =
  /^[a-z][a-z0-9+.-]*:\/\/|^sqlite:|\.(?:json|ya?ml|graphqls?|gql|proto|protoset|pb|desc|binpb|wsdl|db3?|sqlite3?)$|^[^/\\]+:\d{1,5}$/i;

/**
 * Lets options follow an address or a document: `add https://host/mcp --name x`. After a command's
 * first word everything belongs to the command.
 */
export function addressLast(words: readonly string[]): string[] {
  const [command, ...rest] = words;
  if (command !== 'add') return [...words];
  const at = optionsEnd(rest, 0);
  const address = rest[at];
  if (address === undefined) return [...words];
  if (!STANDS_ALONE.test(address) && !isFolder(address)) return [...words];
  const end = optionsEnd(rest, at + 1);
  return [command, ...rest.slice(0, at), ...rest.slice(at + 1, end), address, ...rest.slice(end)];
}

/** A folder is no command. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Where the run of options and their values that begins at `from` ends. */
function optionsEnd(words: readonly string[], from: number): number {
  let at = from;
  while (words[at]?.startsWith('-') === true && words[at] !== '--') {
    at += VALUED.test(words[at] ?? '') ? 2 : 1;
  }
  return Math.min(at, words.length);
}
