/** Writers of attributes. */
import { ownMember, type JsonObject } from '../../../kernel/index.ts';
import type { AttributeShape } from '../shape/shape.ts';
import { escapeAttribute } from '../xml/write.ts';
import { prefixed, type Prefixes } from './prefixes.ts';
import { simpleText } from './simple-text.ts';
import type { Writing } from './writing.ts';

export type WriteAttribute = (value: JsonObject, writing: Writing) => string;

/** One that is left out is written only where it has to be there and has one value. */
export function attributeWriter(shape: AttributeShape, prefixes: Prefixes): WriteAttribute {
  const prefix = prefixes.of(shape.uri);
  const start = ` ${prefixed(prefix, shape.local)}="`;
  const otherwise = shape.isRequired ? shape.fixed : undefined;
  return (value, writing) => {
    const given = ownMember(value, shape.name) ?? otherwise;
    if (given === undefined) {
      return shape.isRequired ? writing.fail('it is missing.', shape.name) : '';
    }
    const text = simpleText(given, shape.type);
    if (typeof text !== 'string') return writing.fail(text.fault, shape.name);
    writing.use(prefix);
    const isName = shape.type.xsd === 'QName' && text.startsWith('{');
    return `${start}${escapeAttribute(isName ? writing.qname(text) : text)}"`;
  };
}
