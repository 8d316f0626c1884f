import { type JsonObject, ownMember } from '../../../kernel/index.ts';
import { readFile } from '../files/file-argument.ts';
import { handleParts } from '../handles/ids.ts';
import { READ_TOOL_DEFINITION, readResult } from '../handles/read-tool.ts';
import { readResource, resultTemplate } from '../handles/resource.ts';
import type { FileValue, OperationPlan } from '../model.ts';
import { collect, type Collected } from '../pages/collect.ts';
import { openPage, sealPage } from '../pages/token.ts';
import type {
  ArgumentFault,
  Asker,
  Controls,
  ResultRequest,
  Results,
  ResultsDeps,
  TakenFiles,
} from './contract.ts';
import { controlSchemas, readControls } from './controls.ts';
import { compileProjection, type Projection } from './projection.ts';
import { NO_PAGES, shapeAnswer, type PagesRemark } from './shape.ts';

/**
 * Everything between a reply and a result for one API upstream.
 * @throws where a projection does not compile; the configuration's check refuses it before
 */
export function createResults(deps: ResultsDeps): Results {
  const { upstream, limits, handles } = deps;
  const projections = compileAll(deps.projections);
  const owner = (asker: Asker, plan: OperationPlan) => ({
    ...asker,
    upstream,
    operation: plan.key,
  });
  const shaping = (plan: OperationPlan, controls: Controls, asker: Asker, pages: PagesRemark) => ({
    deps,
    projection: projections.get(plan.key),
    plan,
    controls,
    asker,
    pages,
  });
  const remark = (x: ResultRequest, found: Collected): PagesRemark => {
    const { next, seen, total, answer } = found;
    const problem = [answer.note ?? '', found.problem].filter((text) => text !== '').join('\n');
    const { argumentsDigest } = x.controls;
    const expiresAtMs = deps.clock.nowMs() + limits.pageAgeMs;
    const page = (position: NonNullable<typeof next>): string =>
      sealPage(deps.sealer, owner(x.asker, x.plan), { position, argumentsDigest }, expiresAtMs);
    return { token: next === null ? '' : page(next), seen, total, problem };
  };
  return {
    controlsFor: (plan) => controlSchemas(plan, limits.maxItems),
    takeControls: (plan, values, asker) =>
      readControls(plan, values, limits.maxItems, (token) =>
        openPage(deps.sealer, owner(asker, plan), token),
      ),
    takeFiles: (plan, values, asker, signal) => takeFiles(deps, plan, values, asker, signal),
    run: async (x) => {
      const found = await collect(x, limits, deps.clock);
      if (found.kind !== 'collected') return found;
      const { status, body } = found.answer;
      return shapeAnswer(shaping(x.plan, x.controls, x.asker, remark(x, found)), status, body);
    },
    shape: (reply, plan, controls, asker) =>
      shapeAnswer(shaping(plan, controls, asker, NO_PAGES), reply.status, reply.body),
    readTool: READ_TOOL_DEFINITION,
    readResult: (values, asker) => readResult(handles, upstream, limits, values, asker),
    resourceTemplate: resultTemplate(upstream),
    readResource: (uri, asker) => readResource(handles, upstream, uri, asker),
  };
}

function compileAll(texts: ReadonlyMap<string, string>): ReadonlyMap<string, Projection> {
  const compiled = new Map<string, Projection>();
  for (const [key, text] of texts) {
    const projection = compileProjection(text);
    if (typeof projection === 'string') throw new Error(`Projection of ${key}: ${projection}`);
    compiled.set(key, projection);
  }
  return compiled;
}

/** Files of one call may together be as large as two of the largest. */
async function takeFiles(
  { limits, handles, fetchFile }: ResultsDeps,
  plan: OperationPlan,
  values: JsonObject,
  asker: Asker,
  signal: AbortSignal,
): Promise<TakenFiles | ArgumentFault> {
  const files = new Map<string, FileValue>();
  const names = plan.arguments.filter(({ role }) => role === 'file').map(({ name }) => name);
  let left = limits.maxFileBytes * 2;
  for (const name of names) {
    const value = ownMember(values, name) ?? null;
    if (value === null) continue;
    const file = await readFile(value, {
      maxBytes: Math.min(limits.maxFileBytes, left),
      signal,
      fetchFile,
      kept: async (uri) => {
        const named = handleParts(uri);
        return named === undefined
          ? undefined
          : handles.get({ ...asker, upstream: named.upstream }, named.id);
      },
    });
    if (typeof file === 'string') {
      return { kind: 'fault', argument: name, text: `${name} ${file}` };
    }
    left -= file.bytes.length;
    files.set(name, file);
  }
  const rest = Object.entries(values).filter(([name]) => !files.has(name));
  return { kind: 'taken', values: names.length === 0 ? values : Object.fromEntries(rest), files };
}
