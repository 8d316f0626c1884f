import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Counts the records of `tools/call` in an audit file of one JSON object per line. Throws when a
 * line is not JSON.
 */
export async function countCalls(file: string): Promise<number> {
  let calls = 0;
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file) })) {
    line += 1;
    if (!isJson(text)) throw new Error(`line ${line} of the audit file is not JSON`);
    if (text.includes('"method":"tools/call"')) calls += 1;
  }
  return calls;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
