/** A caller of 2026-07-28 that answers, or does not answer, exactly as a test says. */
import { sendRaw } from '../modern-request.ts';
import { CAPABILITIES, agree } from './clients.ts';

export interface Question {
  readonly method: string;
  readonly params?: Record<string, unknown>;
}

export interface ModernAnswer {
  readonly status: number;
  readonly result: {
    readonly resultType?: string;
    readonly inputRequests?: Readonly<Record<string, Question>>;
    readonly requestState?: string;
    readonly content?: readonly { readonly text: string }[];
    readonly isError?: boolean;
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
  /** The gateway's reason where it refused, in an error or in the result of the tool. */
  readonly reason: unknown;
}

export interface Retry {
  readonly requestState?: string | undefined;
  readonly inputResponses?: Readonly<Record<string, unknown>>;
}

export interface ModernCallOptions {
  readonly retry?: Retry;
  readonly signal?: AbortSignal;
  readonly capabilities?: object;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

let lastId = 0;

export async function callModern(
  url: string,
  name: string,
  args: object,
  options: ModernCallOptions = {},
): Promise<ModernAnswer> {
  const { retry = {}, signal, capabilities = CAPABILITIES } = options;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  };
  const params = { name, arguments: args, _meta, ...retry };
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method: 'tools/call', params });
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
    ...options.headers,
  };
  const { status, messages } = await sendRaw(url, body, headers, signal);
  const said = JSON.parse(messages.at(-1) ?? '{}') as Partial<ModernAnswer>;
  const result = said.result ?? {};
  const reason = said.error?.data?.['reason'] ?? result._meta?.['dev.drawbridge/reason'];
  return { status, result, ...(said.error !== undefined && { error: said.error }), reason };
}

/** The retry that answers every question of an answer. */
export function retryOf(
  { result }: ModernAnswer,
  respond: (question: Question) => unknown = ({ method, params = {} }) => agree({ method, params }),
): Retry {
  const asked = Object.entries(result.inputRequests ?? {});
  return {
    requestState: result.requestState,
    inputResponses: Object.fromEntries(
      asked
        .map(([key, question]) => [key, respond(question)])
        .filter(([, answer]) => answer !== undefined),
    ),
  };
}
