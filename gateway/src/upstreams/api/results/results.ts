import { takeFiles } from '../files/take-files.ts';
import { handleParts } from '../handles/ids.ts';
import { READ_TOOL_DEFINITION, readResult } from '../handles/read-tool.ts';
import { readResource, resultTemplate } from '../handles/resource.ts';
import type { OperationPlan } from '../model.ts';
import { collect, type Collected } from '../pages/collect.ts';
import { openPage, sealPage } from '../pages/token.ts';
import type { Asker, Controls, ResultRequest, Results, ResultsDeps } from './contract.ts';
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
    takeFiles: (plan, values, asker, signal) =>
      takeFiles(plan.arguments, values, filesFor(deps, asker, signal)),
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

function filesFor({ limits, handles, fetchFile }: ResultsDeps, asker: Asker, signal: AbortSignal) {
  return {
    maxBytes: limits.maxFileBytes,
    signal,
    fetchFile,
    kept: async (uri: string) => {
      const named = handleParts(uri);
      return named === undefined
        ? undefined
        : handles.get({ ...asker, upstream: named.upstream }, named.id);
    },
  };
}
