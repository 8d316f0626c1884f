/** What the catalog reads of a definition: that it can be used, and where its parts stand. */
import {
  ROOT,
  readHeaderBindings,
  removeMembers,
  replaceValue,
  scanJson,
  type Edit,
  type HeaderBinding,
  type JsonView,
} from '../../kernel/index.ts';
import { readAppParts, type AppParts } from './apps.ts';
import { wrapOutput } from './wrapped-output.ts';

const MAX_DEFINITION_BYTES = 1024 * 1024;
const SCAN = { maxDepth: 128, recordDepth: 1 };

/** A definition that can be used. */
export interface DefinitionParts {
  /** Where the value of the naming member stands. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Takes the member `execution` out, which modern callers do not know; undefined without one. */
  readonly withoutExecution: Edit | undefined;
  /** That member says that the tool can only be a task (2025-11-25, tasks). */
  readonly needsTask: boolean;
  /**
   * Puts an object around the output schema, for callers of before 2026-07-28; undefined where it is
   * one, or there is none.
   */
  readonly wrappedOutput: Edit | undefined;
  /** What it says of pages that show its results; undefined where it says nothing. */
  readonly app: AppParts | undefined;
  readonly headerBindings: readonly HeaderBinding[];
}

/** Why a definition cannot be used. */
export interface DefinitionFault {
  readonly code: 'definition_invalid' | 'header_annotation_invalid';
  /** In words for any caller. */
  readonly text: string;
}

/**
 * @param name what its naming member must hold
 * @param key the naming member: `name`, `uri` or `uriTemplate`
 * @param isTool only tools have `execution` and header annotations
 */
export function readDefinition(
  definition: Buffer,
  name: string,
  key: string,
  isTool: boolean,
): DefinitionParts | DefinitionFault {
  const view = definition.length > MAX_DEFINITION_BYTES ? undefined : scan(definition);
  const entry = view?.member(ROOT, key) ?? -1;
  if (view === undefined || view.string(entry) !== name) {
    const text = `It is no valid definition of at most ${MAX_DEFINITION_BYTES} bytes.`;
    return { code: 'definition_invalid', text };
  }
  const headerBindings = isTool ? readHeaderBindings(definition) : [];
  if (typeof headerBindings === 'string') {
    return { code: 'header_annotation_invalid', text: `${headerBindings}.` };
  }
  const execution = isTool ? view.member(ROOT, 'execution') : -1;
  return {
    nameStart: view.start(entry),
    nameEnd: view.end(entry),
    withoutExecution: execution < 0 ? undefined : removeMembers(view, ROOT, [execution])[0],
    needsTask: execution >= 0 && taskSupport(view.value(execution)) === 'required',
    app: isTool ? readAppParts(view, view.member(ROOT, '_meta')) : undefined,
    wrappedOutput: isTool ? wrappedOutput(view) : undefined,
    headerBindings,
  };
}

function taskSupport(execution: unknown): unknown {
  if (typeof execution !== 'object' || execution === null) return undefined;
  return Reflect.get(execution, 'taskSupport');
}

function wrappedOutput(view: JsonView): Edit | undefined {
  const output = view.member(ROOT, 'outputSchema');
  const text = output < 0 ? undefined : wrapOutput(view.slice(output));
  return text === undefined ? undefined : replaceValue(view, output, text);
}

function scan(definition: Buffer): JsonView | undefined {
  const view = scanJson(definition, SCAN);
  return 'bytes' in view && view.kind(ROOT) === 'object' ? view : undefined;
}
