/** Header parameters: the style `simple`, without percent-encoding (OpenAPI 3.2, appendix D). */
import { isHeaderValue } from '../../../egress/index.ts';
import { join } from './delimited.ts';
import { wordOf } from './scalars.ts';
import { unsendable, type Unsendable } from '../../api/http/request.ts';
import { isJsonArray, isJsonObject, type Json, stringifyExact } from '../../../kernel/index.ts';
import type { ParameterData } from './plan-data.ts';

export function compileHeaderStyle(data: ParameterData): (value: Json) => string {
  const pair = data.explode ? '=' : ',';
  return (value) => {
    if (!isJsonArray(value) && !isJsonObject(value)) return wordOf(value);
    const parts = isJsonArray(value) ? value : Object.values(value);
    // The style has one level; commas of a second one could not be told from its own.
    const isNested = parts.some((part) => isJsonArray(part) || isJsonObject(part));
    return isNested ? stringifyExact(value) : join(value, ',', pair, encodeItem);
  };
}

/**
 * A value as the bytes of a header, written in Latin-1: characters outside ASCII as UTF-8, spaces at
 * its ends left out as every receiver does. What would end the line is refused.
 */
export function headerText(argument: string, text: string): string | Unsendable {
  const bytes = Buffer.from(text.trim(), 'utf8').toString('latin1');
  if (isHeaderValue(bytes)) return bytes;
  return unsendable(
    argument,
    'It is sent in a header, so it can hold no line breaks and no control characters.',
  );
}

/** A comma inside an item would begin the next one. */
function encodeItem(text: string): string {
  return text.replaceAll(',', '%2C');
}
