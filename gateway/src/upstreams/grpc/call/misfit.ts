/** Which part of a message in JSON does not fit, in the names that it has there. */
import {
  fromJson,
  type DescField,
  type DescMessage,
  type JsonValue,
  type Registry,
} from '@bufbuild/protobuf';
import { wellKnownSchema } from '../compile/scalars.ts';

export interface Misfit {
  /** `parcels[2].weightKg`; '' for the whole. */
  readonly place: string;
  readonly text: string;
}

const MAX_STEPS = 100;

/** @param text what was wrong with the whole, as the library says it */
export function misfitIn(
  desc: DescMessage,
  json: JsonValue,
  text: string,
  registry: Registry,
): Misfit {
  const fits = (type: DescMessage, value: JsonValue): string => {
    try {
      fromJson(type, value, { registry });
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  let at: Place = { desc, json, place: '', text };
  for (let step = 0; step < MAX_STEPS; step++) {
    const inside = insideOf(at, fits);
    if (inside === undefined) break;
    at = inside;
  }
  return { place: at.place, text: words(at.text) };
}

type Fits = (type: DescMessage, value: JsonValue) => string;

interface Place {
  /** Undefined where there is nothing further inside. */
  readonly desc: DescMessage | undefined;
  readonly json: JsonValue;
  readonly place: string;
  readonly text: string;
}

function insideOf({ desc, json, place }: Place, fits: Fits): Place | undefined {
  if (desc === undefined || !isMembers(json) || wellKnownSchema(desc) !== undefined) {
    return undefined;
  }
  for (const [name, value] of Object.entries(json)) {
    const text = fits(desc, { [name]: value });
    if (text === '') continue;
    const field = desc.fields.find((each) => each.jsonName === name || each.name === name);
    const here = place === '' ? name : `${place}.${name}`;
    if (field === undefined) return { desc: undefined, json: value, place: here, text };
    return itemOf(field, desc, name, value, here, fits, text);
  }
  return undefined;
}

/** The item of a list or map that does not fit, else the value itself. */
function itemOf(
  { fieldKind, message }: DescField,
  desc: DescMessage,
  name: string,
  value: JsonValue,
  place: string,
  fits: Fits,
  text: string,
): Place {
  if (fieldKind === 'list' && Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      const told = fits(desc, { [name]: [item] });
      if (told !== '') return { desc: message, json: item, place: `${place}[${at}]`, text: told };
    }
  }
  if (fieldKind === 'map' && isMembers(value)) {
    for (const [key, item] of Object.entries(value)) {
      const told = fits(desc, { [name]: { [key]: item } });
      if (told !== '') return { desc: message, json: item, place: `${place}.${key}`, text: told };
    }
  }
  return { desc: fieldKind === 'message' ? message : undefined, json: value, place, text };
}

function isMembers(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The library begins with the names of messages and fields, which nobody knows here. */
function words(text: string): string {
  const bare = text
    .slice(0, 300)
    .replace(/^cannot decode (?:field|oneof|message|enum) [\w.]+ from JSON:? /, '')
    .replace(/^cannot decode [^:]{0,200} from JSON:? /, '')
    .replace(/^cannot encode (?:field|message) [\w.]+ to binary: /, '')
    .replace(/^(?:list item #\d+|map entry [^:]{0,100}|invalid map key): /, '');
  return /[.!?]$/.test(bare) ? bare : `${bare}.`;
}
