/** What a server of the canary tests says; how it is said is the business of its transport. */

export interface Spoken {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly uri?: string;
    readonly protocolVersion?: string;
    readonly _meta?: object;
  };
}

/** A result, an error, nothing at all, or something that is no JSON. */
export type Says = { readonly result: object } | { readonly error: object } | 'nothing' | 'garbage';

export const TOOLS = ['say', 'fail', 'hang', 'garble'] as const;

const HINTS = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };

/** @param isModern whether it is a server of 2026-07-28 */
export function says({ method = '', params = {} }: Spoken, isModern: boolean): Says {
  const found = answerTo(method, params, isModern);
  return typeof found === 'object' && 'result' in found && isModern
    ? { result: { ...HINTS, ...found.result } }
    : found;
}

function answerTo(method: string, params: NonNullable<Spoken['params']>, isModern: boolean): Says {
  const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {} };
  switch (method) {
    case 'server/discover':
      return isModern ? { result: { supportedVersions: ['2026-07-28'], capabilities } } : NO;
    case 'initialize': {
      const { protocolVersion = '2025-11-25' } = params;
      const serverInfo = { name: 'canary', version: '1' };
      return isModern ? NO : { result: { protocolVersion, capabilities, serverInfo } };
    }
    case 'tools/list':
      return {
        result: { tools: TOOLS.map((name) => ({ name, inputSchema: { type: 'object' } })) },
      };
    case 'prompts/list':
      return { result: { prompts: [{ name: 'p' }] } };
    case 'resources/list':
      return { result: { resources: [{ uri: 'canary://r', name: 'r' }] } };
    case 'resources/templates/list':
      return { result: { resourceTemplates: [] } };
    case 'tools/call':
      return called(params.name ?? '');
    case 'prompts/get':
      return { result: { messages: [{ role: 'user', content: { type: 'text', text: 'said' } }] } };
    case 'resources/read':
      return { result: { contents: [{ uri: params.uri ?? '', text: 'said' }] } };
    case 'completion/complete':
      return { result: { completion: { values: ['said'] } } };
    case 'ping':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return { result: {} };
    default:
      return NO;
  }
}

const NO: Says = { error: { code: -32601, message: 'no such method' } };

function called(name: string): Says {
  switch (name) {
    case 'say':
      return { result: { content: [{ type: 'text', text: 'said' }] } };
    case 'hang':
      return 'nothing';
    case 'garble':
      return 'garbage';
    default:
      return { error: { code: -32603, message: 'it failed' } };
  }
}
