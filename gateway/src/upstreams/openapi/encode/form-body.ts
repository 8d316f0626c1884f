/** `application/x-www-form-urlencoded` bodies. */
import { joinPairs } from './content-values.ts';
import { compilePairs, type Pair } from './pair-styles.ts';
import { encodeForm, encodeLoosely } from './percent.ts';
import { unsendable, type EncodedBody, type Unsendable } from '../../api/http/request.ts';
import { isWellFormed, itemsOf, wordOf } from './scalars.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  stringifyExact,
} from '../../../kernel/index.ts';
import type { FileValue } from '../../api/model.ts';
import type { BodyPlan, PartData } from './plan-data.ts';

/** A file in such a form is sent as its text. */
export function encodeFormBody(
  plan: BodyPlan,
  value: JsonObject,
  files: ReadonlyMap<string, readonly FileValue[]>,
): EncodedBody | Unsendable {
  const pairs: Pair[] = [];
  for (const [name, item] of Object.entries(value)) {
    const part = plan.parts.find((one) => one.name === name);
    const blamed =
      part?.argument === undefined || part.argument === '' ? plan.argument : part.argument;
    if (!isWellFormed(item) || !name.isWellFormed()) {
      return unsendable(blamed, 'It holds half of a surrogate pair, which is no character.');
    }
    const added = pairsOf(part, name, item);
    if (part?.style === 'form' && part.explode && isJsonObject(item)) {
      const clash = Object.keys(item).find((key) => plan.parts.some((one) => one.name === key));
      if (clash !== undefined) {
        return unsendable(blamed, `Its member "${clash}" has the name of another field.`);
      }
    }
    pairs.push(...added);
  }
  for (const [name, list] of files) {
    for (const file of list)
      pairs.push([encodeForm(name), encodeForm(file.bytes.toString('utf8'))]);
  }
  return { contentType: plan.mediaType, bytes: Buffer.from(joinPairs(pairs, '&'), 'utf8') };
}

/** Where the document names no style, objects are JSON and lists are repeated (OpenAPI 3.1.1). */
function pairsOf(part: PartData | undefined, name: string, value: Json): Pair[] {
  if (value === null) return [];
  if (part === undefined || part.style === null) {
    if (isJsonArray(value))
      return itemsOf(value).map((item) => [encodeForm(name), encodeForm(wordOf(item))]);
    return [
      [encodeForm(name), encodeForm(isJsonObject(value) ? stringifyExact(value) : wordOf(value))],
    ];
  }
  return compilePairs({
    name,
    style: part.style,
    explode: part.explode,
    deepArrays: part.deepArrays,
    encodeName: encodeForm,
    encode: part.allowReserved ? encodeLoosely : encodeForm,
  })(value);
}
