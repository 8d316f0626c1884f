/** Whether the tools of a document can be used: names, schemas, and every input that is needed. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { DeclaredOperation } from './operations.ts';

export interface JudgedTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
  /** HTTP method in lower case, and path template. */
  readonly _m: string;
  readonly _p: string;
}

export interface Judgement {
  readonly operations: number;
  readonly tools: number;
  /** Name fits, is the only one, the schema has an object at its root and compiles. */
  readonly valid: number;
  /** Valid, and every required parameter and a declared body can be given. */
  readonly complete: number;
  /** Tokens (o200k) of the list of all tools with their whole definitions. */
  readonly tokens: number;
  /** What was wrong, and how often. */
  readonly faults: Readonly<Record<string, number>>;
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** More tools than this are judged by an even sample. */
export const MAX_JUDGED = 200;
/** Documents may speak of a tokenizer's own marks. */
export const PLAIN = { disallowedSpecial: new Set<string>() };
const MAX_COUNTED_CHARS = 4_000_000;

export function judge(
  tools: readonly JudgedTool[],
  operations: readonly DeclaredOperation[],
): Judgement {
  const names = new Map<string, number>();
  for (const { name } of tools) names.set(name, (names.get(name) ?? 0) + 1);
  const byKey = new Map(operations.map((one) => [`${one.method} ${one.path}`, one]));
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  const step = Math.max(1, tools.length / MAX_JUDGED);
  const faults: Record<string, number> = {};
  let judged = 0;
  let valid = 0;
  let complete = 0;
  for (let next = 0; next < tools.length; next += step) {
    const tool = tools[Math.floor(next)];
    if (tool === undefined) break;
    judged++;
    const fault =
      nameFault(tool, names) ?? schemaFault(tool, ajv) ?? inputFault(tool, byKey.get(keyOf(tool)));
    if (fault === undefined || fault.isComplete === false) valid++;
    if (fault === undefined) complete++;
    else faults[fault.text] = (faults[fault.text] ?? 0) + 1;
  }
  const scale = judged === 0 ? 1 : tools.length / judged;
  return {
    operations: operations.length,
    tools: tools.length,
    valid: valid * scale,
    complete: complete * scale,
    tokens: countTokens(tools),
    faults,
  };
}

interface Fault {
  readonly text: string;
  /** false where the tool is valid and only cannot be given everything. */
  readonly isComplete?: false;
}

function keyOf({ _m, _p }: JudgedTool): string {
  return `${_m} ${_p}`;
}

function nameFault({ name }: JudgedTool, names: ReadonlyMap<string, number>): Fault | undefined {
  if (!NAME.test(name)) return { text: 'name' };
  return names.get(name) === 1 ? undefined : { text: 'name is not the only one' };
}

function schemaFault({ inputSchema }: JudgedTool, ajv: Ajv2020): Fault | undefined {
  if (inputSchema?.['type'] !== 'object') return { text: 'root of the schema is no object' };
  try {
    ajv.compile(inputSchema);
    return undefined;
  } catch (error) {
    return {
      text: String(error)
        .replace(/[#"'].*$/, '')
        .slice(0, 80),
    };
  }
}

function inputFault(
  { inputSchema }: JudgedTool,
  operation: DeclaredOperation | undefined,
): Fault | undefined {
  if (operation === undefined) return { text: 'no such operation', isComplete: false };
  const names = Object.keys(inputSchema?.['properties'] ?? {}).map(bare);
  const has = (name: string): boolean => names.some((one) => one.startsWith(bare(name)));
  const missing = operation.required.filter((name) => !has(name));
  if (missing.length > 0) {
    return { text: `cannot be given: parameter ${missing.join(', ')}`, isComplete: false };
  }
  const given = operation.parameters.filter(has).length;
  return operation.hasBody && names.length <= given
    ? { text: 'cannot be given: body', isComplete: false }
    : undefined;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Tokens as the newest public tokenizer counts them; of a very long list, those of its beginning. */
export function countTokens(tools: readonly JudgedTool[]): number {
  const text = JSON.stringify({
    tools: tools.map(({ name, description, inputSchema, outputSchema, annotations }) => ({
      name,
      description,
      inputSchema,
      outputSchema,
      annotations,
    })),
  });
  const counted = text.slice(0, MAX_COUNTED_CHARS / 10);
  if (text.length <= MAX_COUNTED_CHARS) return encode(text, PLAIN).length;
  return Math.round((encode(counted, PLAIN).length * text.length) / counted.length);
}
