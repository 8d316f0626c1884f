/** Types that XML Schema itself has. */
import type { SimpleShape } from '../shape/shape.ts';

const INTEGERS: Readonly<Record<string, readonly [min: string, max: string]>> = {
  integer: ['', ''],
  nonPositiveInteger: ['', '0'],
  negativeInteger: ['', '-1'],
  nonNegativeInteger: ['0', ''],
  positiveInteger: ['1', ''],
  long: ['', ''],
  int: ['-2147483648', '2147483647'],
  short: ['-32768', '32767'],
  byte: ['-128', '127'],
  unsignedLong: ['0', ''],
  unsignedInt: ['0', '4294967295'],
  unsignedShort: ['0', '65535'],
  unsignedByte: ['0', '255'],
};

const NUMBERS = new Set(['decimal', 'float', 'double']);
const LISTS: Readonly<Record<string, string>> = {
  NMTOKENS: 'NMTOKEN',
  IDREFS: 'IDREF',
  ENTITIES: 'ENTITY',
};

/** The built-in simple type of a name; `anyType` is none. */
export function builtinType(local: string): SimpleShape {
  const bounds = Object.hasOwn(INTEGERS, local) ? INTEGERS[local] : undefined;
  if (bounds !== undefined) {
    const [min, max] = bounds;
    return {
      kind: 'simple',
      json: 'integer',
      xsd: local,
      ...(min === '' ? {} : { min }),
      ...(max === '' ? {} : { max }),
    };
  }
  if (NUMBERS.has(local)) return { kind: 'simple', json: 'number', xsd: local };
  if (local === 'boolean') return { kind: 'simple', json: 'boolean', xsd: local };
  const item = Object.hasOwn(LISTS, local) ? LISTS[local] : undefined;
  if (item !== undefined) {
    return { kind: 'simple', json: 'list', xsd: local, minLength: 1, item: builtinType(item) };
  }
  return { kind: 'simple', json: 'string', xsd: local };
}

export const STRING: SimpleShape = builtinType('string');

const OTHERS = new Set(
  'string boolean base64Binary hexBinary anyURI QName NOTATION normalizedString token language Name NMTOKEN NCName ID IDREF ENTITY date dateTime time duration gYear gYearMonth gMonth gMonthDay gDay'.split(
    ' ',
  ),
);

/** Whether a name is that of a built-in simple type. */
export function isBuiltin(local: string): boolean {
  return (
    OTHERS.has(local) ||
    NUMBERS.has(local) ||
    Object.hasOwn(INTEGERS, local) ||
    Object.hasOwn(LISTS, local)
  );
}
