/** `drawbridge call`: one tool call along the same path as any other, governed and recorded. */
import type { Config, Gateway } from '../../compose/index.ts';
import { nearest } from '../../config/index.ts';
import { DEFAULT_ENDPOINT, systemClock, type Reason } from '../../kernel/index.ts';
import { ask, type Answer } from '../ask.ts';
import { unknownEndpoint } from '../endpoint-option.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { bindingsOf, paramHeaders } from '../param-headers.ts';
import { withProgress } from '../progress.ts';
import { loadOrFail, withGateway, type CommonOptions } from '../session.ts';
import { toolArguments } from '../tool-arguments.ts';
import { listTools, type ListedTool } from '../tool-list.ts';
import { showContent } from '../tool-result.ts';
import { showMissing } from './tools.ts';

export interface CallOptions extends CommonOptions {
  readonly endpoint?: string;
  readonly args?: string;
}

/** Exit 0 for a result, 1 for bad input, 3 for a tool's error, 4 where a rule does not allow it. */
export async function runCall(
  out: Output,
  name: string,
  words: readonly string[],
  options: CallOptions,
): Promise<ExitCode> {
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const endpoint = options.endpoint ?? DEFAULT_ENDPOINT;
  const { value: config, directory } = loaded;
  const unknown = unknownEndpoint(out, config, endpoint);
  if (unknown !== undefined) return unknown;
  return withGateway(out, config, directory, options, (gateway) =>
    call(out, gateway, config, { endpoint, name, words, json: options.args }),
  );
}

interface Wanted {
  readonly endpoint: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly json: string | undefined;
}

async function call(
  out: Output,
  gateway: Gateway,
  config: Config,
  { endpoint, name, words, json }: Wanted,
): Promise<ExitCode> {
  const { version } = out.surroundings;
  const list = await listTools(gateway, config, version, endpoint);
  if (!list.ok)
    return out.fail({ exit: EXIT.upstream, code: 'list_failed', message: list.message });
  const tool = list.tools.find((each) => each.name === name);
  if (tool === undefined) {
    showMissing(out, list.missing);
    return unknownTool(out, name, list.tools, list.missing.length > 0);
  }
  const args = toolArguments(json, words, tool.inputSchema);
  if (!args.ok) {
    return out.fail({
      exit: EXIT.usage,
      code: 'arguments_invalid',
      message: args.why,
      hint: args.hint,
    });
  }
  const params = { name: JSON.stringify(name), arguments: args.text };
  const headers = paramHeaders(bindingsOf(tool.inputSchema), JSON.parse(args.text));
  const answering = ask(gateway, version, {
    endpoint,
    method: 'tools/call',
    name,
    params,
    headers,
  });
  const answer = await withProgress(out, systemClock, `Calling ${name}`, answering);
  return report(out, name, answer);
}

function report(out: Output, name: string, answer: Answer): ExitCode {
  if (answer.kind === 'error') {
    const exit = exitOf(answer.reason);
    out.raw(`{"ok":false,"tool":${JSON.stringify(name)},"error":${answer.raw}}`);
    return out.json
      ? exit
      : out.fail({ exit, code: answer.reason ?? 'error', message: answer.message });
  }
  const { value, raw, refused } = answer;
  const isQuestion = value['resultType'] === 'input_required';
  const isError = value['isError'] === true;
  const ok = !isError && !isQuestion;
  out.raw(`{"ok":${ok},"tool":${JSON.stringify(name)},"result":${raw}}`);
  if (isQuestion) {
    out.note('The tool asks its user a question, which this command cannot answer.');
    return EXIT.upstream;
  }
  showContent(out, value, isError ? 'stderr' : 'stdout');
  return ok ? EXIT.ok : exitOf(refused);
}

/** What a reason means for a script: its own input, a rule, or the other side. */
function exitOf(reason: Reason | undefined): ExitCode {
  switch (reason) {
    case 'policy_denied':
    case 'approval_required':
      return EXIT.denied;
    case 'params_invalid':
    case 'item_unknown':
    case 'arguments_too_large':
    case 'arguments_too_deep':
    case 'argument_fixed':
      return EXIT.problem;
    default:
      return EXIT.upstream;
  }
}

function unknownTool(
  out: Output,
  name: string,
  tools: readonly ListedTool[],
  isIncomplete: boolean,
): ExitCode {
  const near = nearest(
    name,
    tools.map((tool) => tool.name),
  );
  const hint =
    near === undefined
      ? 'drawbridge tools lists what there is; what a rule denies is not listed'
      : `did you mean "${near}"?`;
  const exit = isIncomplete && near === undefined ? EXIT.upstream : EXIT.problem;
  return out.fail({ exit, code: 'item_unknown', message: `there is no tool "${name}" here`, hint });
}
