/** Carries one tool call out: checked arguments in, a result that teaches out. */
import { isJsonObject, type Json, type JsonObject, Refusal } from '../../kernel/index.ts';
import type { UpstreamCall } from '../mcp/outgoing.ts';
import type { ApiFlight } from './api-flight.ts';
import type { Adjustment } from './arguments/checker.ts';
import { HIDDEN_MISFIT, hiddenPaths, touchesHidden } from './arguments/hidden.ts';
import { exactArguments } from './exact-arguments.ts';
import { guide } from './guidance/guide.ts';
import { READ_TOOL } from './handles/read-tool.ts';
import type { ApiCall, CheckedArguments, Operation, Reply } from './model.ts';
import type { Callable, ReadyApi } from './ready-api.ts';
import { errorResult } from './result-message.ts';
import type { Asker, Controls, Results, ToolResult, Unanswered } from './results/contract.ts';

/** What calls of one upstream have in common. */
export interface CallSettings {
  /** The upstream's id. */
  readonly upstream: string;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly results: Results;
  /** What the caller of `x` calls a tool of this upstream; undefined where it does not see it. */
  toolName(x: UpstreamCall, name: string): string | undefined;
  /** Hears every reply of the API, before it is shaped. */
  onReply(reply: Reply): void;
}

/** Keys in the `_meta` of a result: arguments read otherwise than written; how a call failed. */
const ADJUSTED_KEY = 'dev.drawbridge/adjusted';
const FAILURE_KEY = 'dev.drawbridge/failure';

const NOT_AN_OBJECT = 'The arguments must be a JSON object.';

/** @returns a refusal where the API could not be asked, or gave no answer */
export async function callTool(
  x: UpstreamCall,
  name: string,
  ready: ReadyApi,
  flight: ApiFlight,
  settings: CallSettings,
): Promise<ToolResult | Refusal> {
  const values = exactArguments(x.call, x.edits) ?? {};
  if (!isJsonObject(values)) return errorResult(NOT_AN_OBJECT);
  const asker = askerOf(x, settings);
  const { results } = settings;
  if (!ready.has(name) && name === results.readTool['name']) {
    return await results.readResult(values, asker);
  }
  const callable = ready.find(name);
  if (typeof callable === 'string') return new Refusal('item_unknown', { text: callable });
  const call = new ToolCall(x, callable, ready, flight, settings);
  return await call.run(values);
}

export function askerOf(x: UpstreamCall, settings: CallSettings): Asker {
  const readTool = settings.toolName(x, READ_TOOL) ?? '';
  return { principal: x.principal.id, endpoint: x.endpoint, readTool };
}

class ToolCall {
  private readonly x: UpstreamCall;
  private readonly callable: Callable;
  private readonly ready: ReadyApi;
  private readonly flight: ApiFlight;
  private readonly settings: CallSettings;
  private pages = 0;

  constructor(
    x: UpstreamCall,
    callable: Callable,
    ready: ReadyApi,
    flight: ApiFlight,
    settings: CallSettings,
  ) {
    this.x = x;
    this.callable = callable;
    this.ready = ready;
    this.flight = flight;
    this.settings = settings;
  }

  async run(values: JsonObject): Promise<ToolResult | Refusal> {
    const { plan, checker } = this.callable;
    const { results } = this.settings;
    const asker = askerOf(this.x, this.settings);
    const taken = results.takeControls(plan, values, asker);
    if (taken.kind === 'fault') return notSent(taken.text);
    const checked = checker.check(taken.rest, hiddenPaths(this.x.bindings));
    if (checked.kind === 'wrong') return errorResult(checked.text);
    const files = await results.takeFiles(plan, checked.values, asker, this.flight.signal);
    if (files.kind === 'fault') return notSent(files.text);
    const made = await this.send(files, taken.controls, asker);
    return 'kind' in made ? this.unanswered(made) : withAdjusted(made, checked.adjusted);
  }

  private send(
    args: CheckedArguments,
    controls: Controls,
    asker: Asker,
  ): Promise<ToolResult | Unanswered> {
    const { timeoutMs, maxAnswerBytes, results } = this.settings;
    return results.run({
      plan: this.callable.plan,
      controls,
      args,
      asker,
      call: {
        principal: this.x.principal,
        signal: this.flight.signal,
        timeoutMs,
        maxAnswerBytes,
        pageUrl: '',
        progress: (done, text) => {
          if (this.pages <= 1) this.flight.progress(this.x.call.rawProgressToken, done, text);
        },
      },
      send: (page, call) => this.sendPage(page, call),
    });
  }

  private async sendPage(args: CheckedArguments, call: ApiCall): Promise<Reply> {
    if (this.pages > 0) {
      const text = `${this.pages} ${this.pages === 1 ? 'page' : 'pages'} read`;
      this.flight.progress(this.x.call.rawProgressToken, this.pages, text);
    }
    this.pages++;
    const reply = await this.ready.api.call(this.callable.operation.key, args, call);
    this.settings.onReply(reply);
    return reply;
  }

  private unanswered(reply: Unanswered): ToolResult | Refusal {
    if (reply.kind === 'broken') return new Refusal(reply.reason, { text: reply.text });
    const { operation, plan } = this.callable;
    const hidden = hiddenPaths(this.x.bindings);
    if (reply.kind === 'unsendable' && touchesHidden(reply.argument, hidden)) {
      return notSent(HIDDEN_MISFIT);
    }
    const text = guide(reply, {
      upstream: this.settings.upstream,
      index: this.ready.api.index,
      operation,
      plan,
      toolName: ({ name }: Operation) => this.settings.toolName(this.x, name),
    });
    if (reply.kind === 'unsendable') return errorResult(text);
    const failure: Json = { class: reply.class, status: reply.status };
    return errorResult(text, { [FAILURE_KEY]: failure });
  }
}

function notSent(text: string): ToolResult {
  return errorResult(`${text}\nNothing was sent to the API.`);
}

function withAdjusted(result: ToolResult, adjusted: readonly Adjustment[]): ToolResult {
  if (adjusted.length === 0) return result;
  const told = adjusted.map(({ argument, how }): JsonObject => ({ argument, how }));
  return { ...result, meta: { ...result.meta, [ADJUSTED_KEY]: told } };
}
