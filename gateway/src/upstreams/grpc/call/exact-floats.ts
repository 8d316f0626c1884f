/** Numbers with a fraction as the JSON mapping of proto3 has them: as short as they are, and -0. */
import { ScalarType, type DescField, type DescMessage, type JsonValue } from '@bufbuild/protobuf';
import { ExactNumber, isJsonObject, type Json } from '../../../kernel/index.ts';
import { isFloat, isOpen } from './traits.ts';

type Fix = (value: Json) => Json;

/** Fixes the numbers in the JSON of one type of message. */
export class ExactFloats {
  private readonly byType = new Map<DescMessage, ReadonlyMap<string, Fix>>();

  /** @param value as the library writes `desc`; it is taken apart */
  fix(desc: DescMessage, value: JsonValue): Json {
    return this.fixOf(desc)(value);
  }

  private fixOf(desc: DescMessage): Fix {
    if (isOpen(desc)) return openNumbers;
    const [only] = desc.fields;
    if (/^google\.protobuf\.(?:Float|Double)Value$/.test(desc.typeName) && only !== undefined) {
      return scalarFix(only);
    }
    return (value) => this.members(desc, value);
  }

  private members(desc: DescMessage, value: Json): Json {
    if (!isJsonObject(value)) return value;
    let fields = this.byType.get(desc);
    if (fields === undefined) {
      const found = new Map<string, Fix>();
      // Set before it is filled: messages may hold themselves.
      this.byType.set(desc, found);
      for (const field of desc.fields) {
        if (field.message !== undefined || isFloat(field)) {
          found.set(field.jsonName, this.fieldFix(field));
        }
      }
      fields = found;
    }
    if (fields.size === 0) return value;
    const made = Object.entries(value).map(([name, each]) => {
      return [name, fields.get(name)?.(each) ?? each] as const;
    });
    return Object.fromEntries(made);
  }

  private fieldFix(field: DescField): Fix {
    const { message } = field;
    const one: Fix =
      message === undefined ? scalarFix(field) : (value) => this.fixOf(message)(value);
    if (field.fieldKind === 'list') return (value) => listFix(value, one);
    return field.fieldKind === 'map' ? (value) => mapFix(value, one) : one;
  }
}

function listFix(value: Json, one: Fix): Json {
  return Array.isArray(value) ? value.map(one) : value;
}

function mapFix(value: Json, one: Fix): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, one(each)]));
}

function scalarFix({ scalar }: DescField): Fix {
  return scalar === ScalarType.FLOAT ? (value) => signed(shortest(value)) : signed;
}

function openNumbers(value: Json): Json {
  if (Array.isArray(value)) return value.map(openNumbers);
  return isJsonObject(value) ? mapFix(value, openNumbers) : signed(value);
}

function signed(value: Json): Json {
  return Object.is(value, -0) ? new ExactNumber('-0') : value;
}

/** The fewest digits that mean the same `float`: 0.1, not 0.10000000149011612. */
function shortest(value: Json): Json {
  if (typeof value !== 'number' || (Number.isInteger(value) && Math.abs(value) < 2 ** 24)) {
    return value;
  }
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
