/** Values of simple types as texts on the wire. */
import { ExactNumber, isJsonArray, type Json } from '../../../kernel/index.ts';
import type { SimpleShape } from '../shape/shape.ts';
import { isXmlText } from '../xml/write.ts';

/** @returns what is wrong where the value cannot stand in XML, or not as this type */
export function simpleText(value: Json, shape: SimpleShape): string | { readonly fault: string } {
  if (typeof value === 'string') return isXmlText(value) ? value : FORBIDDEN;
  if (typeof value === 'number') return numberText(value, shape);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isJsonArray(value)) return listText(value, shape);
  return value instanceof ExactNumber ? numberText(value, shape) : NOT_PLAIN;
}

const FORBIDDEN = { fault: 'it has a character that XML cannot hold.' };
const NOT_PLAIN = { fault: 'it must be a plain value.' };
const NOT_LISTED = { fault: 'its items must not be empty or have white space in them.' };

/** Items of a list have only white space between them. */
function listText(
  values: readonly Json[],
  shape: SimpleShape,
): string | { readonly fault: string } {
  if (shape.json !== 'list') return NOT_PLAIN;
  const items: string[] = [];
  for (const value of values) {
    const item = simpleText(value, shape.item ?? shape);
    if (typeof item !== 'string') return item;
    if (item === '' || /\s/.test(item)) return NOT_LISTED;
    items.push(item);
  }
  return items.join(' ');
}

/** Only floating-point types know exponents, and whole numbers have no fraction. */
function numberText(value: number | ExactNumber, shape: SimpleShape): string {
  const text = value instanceof ExactNumber ? value.text : String(value);
  const isPlain = /^-?\d+$/.test(text);
  if (isPlain || shape.xsd === 'double' || shape.xsd === 'float') return text;
  const plain = /e/i.test(text) ? withoutExponent(text) : text;
  return shape.json === 'integer' ? plain.replace(/\.0*$/, '') : plain;
}

const MAX_DIGITS = 400;

function withoutExponent(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]?\d+)$/i.exec(text) ?? [];
  const shift = Number(exponent);
  if (whole === '' || Math.abs(shift) > MAX_DIGITS) return text;
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
