/** Bodies: which values go in, and how they are written. */
import { encodeFormBody } from './form-body.ts';
import { encodeMultipart } from './multipart-body.ts';
import { wordOf } from './scalars.ts';
import { compileXml } from './xml-body.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
  stringifyExact,
} from '../../../kernel/index.ts';
import { isMediaType } from '../../api/http/media-type.ts';
import type { CheckedArguments, FileValue } from '../../api/model.ts';
import type { BodyPlan } from './plan-data.ts';
import { unsendable, type EncodedBody, type Unsendable } from '../../api/http/request.ts';

/** Null where no body is sent: none of its arguments was given and it is not required. */
export type BodyEncoder = (args: CheckedArguments) => EncodedBody | Unsendable | null;

/** Writes a value that is not made of parts. */
type Writer = (value: Json) => string;

export function compileBody(plan: BodyPlan): BodyEncoder {
  if (plan.isFile) return (args) => fileBody(plan, args);
  if (plan.codec === 'form' || plan.codec === 'multipart') return compileForm(plan);
  const write = writerOf(plan);
  return (args) => {
    const value = bodyValue(plan, args.values);
    if (value === undefined) return null;
    return { contentType: plan.mediaType, bytes: Buffer.from(write(value), 'utf8') };
  };
}

function compileForm(plan: BodyPlan): BodyEncoder {
  const isMultipart = plan.codec === 'multipart';
  return (args) => {
    const value = bodyValue(plan, args.values);
    const files = filesOf(plan, args);
    if (value === undefined && files.size === 0) return null;
    // A form written by the caller is sent as it is.
    if (typeof value === 'string' && !isMultipart) {
      return { contentType: plan.mediaType, bytes: Buffer.from(value, 'utf8') };
    }
    if (value !== undefined && !isJsonObject(value)) {
      return unsendable(plan.argument, 'It is sent as a form and must be an object of its fields.');
    }
    const object = value ?? {};
    return isMultipart ? encodeMultipart(plan, object, files) : encodeFormBody(plan, object, files);
  };
}

/** The value as it was given, or put together from its properties. */
function bodyValue(plan: BodyPlan, values: JsonObject): Json | undefined {
  if (plan.isArguments) return values;
  const whole = plan.argument === '' ? undefined : ownMember(values, plan.argument);
  if (plan.argument !== '' && !plan.parts.some((part) => part.argument !== '')) return whole;
  if (whole !== undefined && !isJsonObject(whole)) return whole;
  const members: [string, Json][] = whole === undefined ? [] : Object.entries(whole);
  for (const part of plan.parts) {
    const value = part.argument === '' ? undefined : ownMember(values, part.argument);
    if (value !== undefined) members.push([part.name, value]);
  }
  if (members.length === 0 && !plan.isRequired) return undefined;
  return Object.fromEntries([...members, ...Object.entries(plan.constants)]);
}

/** Files by the name of their property; `name/0`, `name/1` where there are several. */
function filesOf(plan: BodyPlan, args: CheckedArguments): Map<string, FileValue[]> {
  const files = new Map<string, FileValue[]>();
  if (args.files.size === 0) return files;
  for (const part of plan.parts) {
    if (!part.isFile) continue;
    const found: FileValue[] = [];
    const one = args.files.get(part.argument);
    if (one !== undefined) found.push(one);
    for (let at = 0; ; at++) {
      const next = args.files.get(`${part.argument}/${at}`);
      if (next === undefined) break;
      found.push(next);
    }
    if (found.length > 0) files.set(part.name, found);
  }
  return files;
}

/** The bytes of a file as they are. */
function fileBody(plan: BodyPlan, args: CheckedArguments): EncodedBody | null {
  const file = args.files.get(plan.argument);
  if (file === undefined) return null;
  const isOpen = plan.mediaType === '' || plan.mediaType.includes('*');
  const own = isMediaType(file.mimeType) ? file.mimeType : 'application/octet-stream';
  return { contentType: isOpen ? own : plan.mediaType, bytes: file.bytes };
}

function writerOf(plan: BodyPlan): Writer {
  switch (plan.codec) {
    case 'json':
      return stringifyExact;
    case 'json-lines':
      return (value) =>
        isJsonArray(value)
          ? value.map((item) => `${stringifyExact(item)}\n`).join('')
          : wordOf(value);
    case 'xml':
      return compileXml(plan.xml);
    default:
      return wordOf;
  }
}
