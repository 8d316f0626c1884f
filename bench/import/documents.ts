/** The documents of a folder: every JSON or YAML file that is one, folders by their entry file. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LOOKS_LIKE_ONE = /["']?(?:swagger|openapi)["']?\s*:\s*["']?\d/;
const ENDINGS = /\.(json|ya?ml)$/i;

/** @param every also files that do not look like API descriptions, to see how they are refused */
export function documentsIn(folder: string, every: boolean): string[] {
  if (statSync(folder).isFile()) return [folder];
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...documentsIn(path, false));
    else if (ENDINGS.test(entry.name) && (every || looksLikeOne(path))) found.push(path);
  }
  return found.toSorted();
}

function looksLikeOne(path: string): boolean {
  return LOOKS_LIKE_ONE.test(readFileSync(path, 'utf8'));
}
