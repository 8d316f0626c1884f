/** The body of a signed request as JSON. */
import { scanJson, type JsonObject } from '../../kernel/index.ts';

const MAX_DEPTH = 100;
const MAX_FIELDS = 1000;

/** Which bodies are taken: JSON, and forms. */
export type BodyForm = 'json' | 'form';

/** @param contentType as it was sent @returns undefined for what is not taken */
export function formOf(contentType: string): BodyForm | undefined {
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  if (/^application\/(?:[\w.+-]+\+)?json$/.test(type.trim())) return 'json';
  return type.trim() === 'application/x-www-form-urlencoded' ? 'form' : undefined;
}

/** @returns JSON text, as it was written where it was JSON; undefined where the body is not what it says */
export function bodyText(body: Buffer, form: BodyForm): string | undefined {
  if (form === 'form') return formText(body);
  const scanned = scanJson(body, { maxDepth: MAX_DEPTH, recordDepth: 0 });
  return 'fault' in scanned ? undefined : body.toString('utf8').trim();
}

/** A field that came several times is a list. */
function formText(body: Buffer): string | undefined {
  const pairs = [...new URLSearchParams(body.toString('utf8'))];
  if (pairs.length > MAX_FIELDS) return undefined;
  const fields = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  const members = [...fields].map(([name, values]): [string, JsonObject[string]] => [
    name,
    values.length === 1 ? (values[0] ?? '') : values,
  ]);
  return JSON.stringify(Object.fromEntries(members));
}
