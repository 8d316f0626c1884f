/**
 * A server built with the official SDK whose tools, prompt and resource ask their caller. The same
 * questions are asked in the words of either era; what was done is written to a file, line by line.
 */
import { appendFileSync } from 'node:fs';
import {
  UrlElicitationRequiredError,
  createRequestStateCodec,
  fromJsonSchema,
  inputRequired,
  McpServer,
  type InputRequest,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';

export type Era = 'legacy' | 'modern';
export type Kind = 'form' | 'url' | 'sample' | 'sampleWithTools' | 'roots';

export interface InteractiveOptions {
  readonly era: Era;
  /** The scheme of its resource is `ask-<name>`. */
  readonly name: string;
  /** The file that is told what was done: a word and the token of the call on every line. */
  readonly effects: string;
  /** Ends the server or its connections at once. */
  readonly die: () => void;
}

const messages = [{ role: 'user', content: { type: 'text', text: 'Say hi' } }];
const FORM = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 20 } },
  required: ['name'],
};
const LOOK_UP = { name: 'look_up', inputSchema: { type: 'object', properties: {} } };

const QUESTIONS: Readonly<Record<Kind, { method: string; params?: Record<string, unknown> }>> = {
  form: {
    method: 'elicitation/create',
    params: { mode: 'form', message: 'Which name?', requestedSchema: FORM },
  },
  url: {
    method: 'elicitation/create',
    params: { mode: 'url', message: 'Sign in', url: 'https://example.com/sign-in' },
  },
  sample: { method: 'sampling/createMessage', params: { messages, maxTokens: 9 } },
  sampleWithTools: {
    method: 'sampling/createMessage',
    params: { messages, maxTokens: 9, tools: [LOOK_UP], toolChoice: { mode: 'auto' } },
  },
  roots: { method: 'roots/list' },
};

/** What each tool asks: rounds, and in each of them what is asked at once. */
export const TOOLS = {
  silent: [],
  form: [['form']],
  url: [['url']],
  sample: [['sample']],
  sampleWithTools: [['sampleWithTools']],
  roots: [['roots']],
  twice: [['form'], ['sample']],
  parallel: [['form', 'sample', 'roots']],
  progress: [['form']],
  demands: [['url']],
  ends: [['form']],
  dies: [['form']],
  slow: [['form']],
  aside: [['form']],
} as const satisfies Record<string, readonly (readonly Kind[])[]>;
export type Tool = keyof typeof TOOLS;

const codec = createRequestStateCodec<Record<string, unknown>>({
  key: Buffer.from('a key that every start of it has.'),
});
const ARGUMENTS = fromJsonSchema<{ token?: string }>({
  type: 'object',
  properties: { token: { type: 'string' } },
});
/** Tokens of calls whose address was demanded. */
type Demanded = Set<string>;

export function buildInteractive(
  options: InteractiveOptions,
  demanded: Demanded = new Set(),
): McpServer {
  const { era, name } = options;
  const mcp = new McpServer(
    { name, version: '1' },
    {
      capabilities: { tools: {}, prompts: {}, resources: {}, logging: {} },
      requestState: { verify: codec.verify },
    },
  );
  const run = (tool: Tool, token: string, ctx: ServerContext) =>
    new Run(options, tool, token, ctx).answers(era, demanded);
  for (const tool of Object.keys(TOOLS) as Tool[]) {
    mcp.registerTool(tool, { inputSchema: ARGUMENTS }, async ({ token = '' }, ctx) => {
      const answers = await run(tool, token, ctx);
      if (!Array.isArray(answers)) return answers;
      return { content: [{ type: 'text', text: JSON.stringify(answers) }] };
    });
  }
  const ofPrompt = { argsSchema: ARGUMENTS as never };
  mcp.registerPrompt('asks', ofPrompt, (async (
    { token = '' }: { token?: string },
    ctx: ServerContext,
  ) => {
    const answers = await run('form', token, ctx);
    if (!Array.isArray(answers)) return answers;
    const content = { type: 'text' as const, text: JSON.stringify(answers) };
    return { messages: [{ role: 'user' as const, content }] };
  }) as never);
  const uri = `ask-${name}://form`;
  mcp.registerResource('asks', uri, {}, (async (_uri: URL, ctx: ServerContext) => {
    const answers = await run('form', uri, ctx);
    if (!Array.isArray(answers)) return answers;
    return { contents: [{ uri, text: JSON.stringify(answers) }] };
  }) as never);
  return mcp;
}

/** One call, or one of the requests that it takes in the modern era. */
class Run {
  private readonly options: InteractiveOptions;
  private readonly tool: Tool;
  private readonly token: string;
  private readonly ctx: ServerContext;
  private readonly rounds: readonly (readonly Kind[])[];
  private isOver = false;

  constructor(options: InteractiveOptions, tool: Tool, token: string, ctx: ServerContext) {
    this.options = options;
    this.tool = tool;
    this.token = token;
    this.ctx = ctx;
    this.rounds = TOOLS[tool];
    ctx.mcpReq.signal.addEventListener('abort', () => {
      if (!this.isOver) this.note('aborted');
    });
  }

  async answers(era: Era, demanded: Demanded): Promise<unknown[] | InputRequiredResult> {
    const answers = era === 'modern' ? await this.asModern() : await this.asLegacy(demanded);
    if (this.tool === 'slow' && Array.isArray(answers)) await this.untilAborted();
    this.isOver = true;
    if (Array.isArray(answers)) this.note(answers.some(isRefusal) ? 'refused' : 'done');
    return answers;
  }

  private untilAborted(): Promise<void> {
    const { signal } = this.ctx.mcpReq;
    this.note('waits');
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  private async asLegacy(demanded: Demanded): Promise<unknown[]> {
    this.note('began');
    if (this.tool === 'demands') return this.demand(demanded);
    const answers: unknown[] = [];
    for (const round of this.rounds) {
      await this.progress(1);
      const asked = round.map((kind) => this.ask(kind));
      await this.progress(2);
      if (this.tool === 'ends') return ['over'];
      if (this.tool === 'dies') this.options.die();
      answers.push(...(await Promise.all(asked)));
      await this.progress(3);
    }
    return answers;
  }

  private demand(demanded: Demanded): unknown[] {
    if (demanded.has(this.token)) return ['visited'];
    demanded.add(this.token);
    const url = 'https://example.com/sign-in';
    const elicitation = { mode: 'url' as const, message: 'Sign in', url, elicitationId: 'e1' };
    throw new UrlElicitationRequiredError([elicitation]);
  }

  private ask(kind: Kind): Promise<unknown> {
    const { mcpReq } = this.ctx;
    const { method, params = {} } = QUESTIONS[kind];
    // Which call it belongs to cannot be seen of what is sent so.
    if (this.tool === 'aside') return mcpReq.elicitInput(params as never);
    if (kind === 'roots') return mcpReq.send({ method: 'roots/list' });
    const id = kind === 'url' ? { elicitationId: 'e1' } : {};
    return mcpReq.send({ method: method as 'elicitation/create', params: { ...params, ...id } });
  }

  /** All that is known comes back with the call. */
  private async asModern(): Promise<unknown[] | InputRequiredResult> {
    const { mcpReq } = this.ctx;
    const state = mcpReq.requestState<{ answers?: unknown[]; round?: number }>();
    if (state === undefined) this.note('began');
    let { answers, round } = { answers: [] as unknown[], round: 0, ...state };
    const given = this.rounds[round]?.map((_, at) => mcpReq.inputResponses?.[`k${at}`]) ?? [];
    if (given.length > 0 && given.every((one) => one !== undefined)) {
      answers = [...answers, ...given];
      round++;
      await this.progress(2 + round);
    } else await this.progress(1);
    const next = this.rounds[round];
    if (next === undefined || next.length === 0) return answers;
    const questions = next.map((kind, at) => [`k${at}`, QUESTIONS[kind] as InputRequest]);
    const requestState = await codec.mint({ answers, round });
    if (this.tool === 'dies') this.options.die();
    return inputRequired({ inputRequests: Object.fromEntries(questions), requestState });
  }

  private async progress(progress: number): Promise<void> {
    const { mcpReq } = this.ctx;
    const progressToken = mcpReq._meta?.progressToken;
    if (this.tool !== 'progress' || progressToken === undefined) return;
    await mcpReq.notify({
      method: 'notifications/progress',
      params: { progressToken, progress },
    });
  }

  private note(word: string): void {
    appendFileSync(this.options.effects, `${word} ${this.token}\n`);
  }
}

function isRefusal(answer: unknown): boolean {
  const { action = 'accept' } = answer as { action?: string };
  return action !== 'accept';
}
