/** Clients of the official SDKs, of both eras and both generations, that answer what they are asked. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

export const CLIENTS = ['SDK 2.4 modern', 'SDK 2.4 legacy', 'SDK 1.32'] as const;
export type ClientKind = (typeof CLIENTS)[number];

export interface Asked {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}
type Answer = object | Promise<object>;
export type Respond = (asked: Asked) => Answer;

export interface CallOptions {
  readonly onprogress?: (progress: { progress: number; message?: string }) => void;
  readonly signal?: AbortSignal;
}

export interface Result {
  readonly content?: readonly { readonly text: string }[];
  readonly messages?: readonly { readonly content: { readonly text: string } }[];
  readonly contents?: readonly { readonly text: string }[];
  readonly isError?: boolean;
}

export interface InteractiveClient extends AsyncDisposable {
  /** What it was asked so far. */
  readonly asked: Asked[];
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Result>;
  prompt(name: string, args: Record<string, string>): Promise<Result>;
  read(uri: string): Promise<Result>;
  close(): Promise<void>;
  /** The client of the SDK itself. */
  readonly inner: Client | ClientV1;
}

export const CAPABILITIES = {
  elicitation: { form: {}, url: {} },
  sampling: { tools: {} },
  roots: {},
};
export const SAMPLED = { role: 'assistant', model: 'm', content: { type: 'text', text: 'hi' } };
export const ROOTS = { roots: [{ uri: 'file:///home/ann', name: 'home' }] };
export const NAMED = { action: 'accept', content: { name: 'ann' } };

/** Agrees to everything. */
export const agree: Respond = ({ method, params }) => {
  if (method === 'roots/list') return ROOTS;
  if (method === 'sampling/createMessage') return SAMPLED;
  return params['mode'] === 'url' ? { action: 'accept' } : NAMED;
};

export async function connect(
  kind: ClientKind,
  url: string,
  respond: Respond = agree,
  capabilities: object = CAPABILITIES,
): Promise<InteractiveClient> {
  const asked: Asked[] = [];
  const heard: Heard = ({ method, params = {} }) => {
    const one = { method, params: params as Asked['params'] };
    asked.push(one);
    return respond(one) as never;
  };
  const client =
    kind === 'SDK 1.32'
      ? await connectV1(url, heard, capabilities)
      : await connectV2(kind === 'SDK 2.4 modern', url, heard, capabilities);
  const close = (): Promise<void> => client.close();
  return {
    asked,
    inner: client,
    call: (name, args = {}, options = {}) =>
      kind === 'SDK 1.32'
        ? (client as ClientV1).callTool({ name, arguments: args }, undefined, options as object)
        : ((client as Client).callTool({ name, arguments: args }, options as object) as never),
    prompt: (name, args) => client.getPrompt({ name, arguments: args }) as never,
    read: (uri) => client.readResource({ uri }) as never,
    close,
    [Symbol.asyncDispose]: close,
  } as InteractiveClient;
}

type Heard = (request: { method: string; params?: object | undefined }) => never;

async function connectV1(url: string, heard: Heard, capabilities: object): Promise<ClientV1> {
  const client = new ClientV1({ name: 'v1', version: '1' }, { capabilities });
  const has = (name: string): boolean => name in capabilities;
  if (has('elicitation')) client.setRequestHandler(ElicitRequestSchema, heard);
  if (has('sampling')) client.setRequestHandler(CreateMessageRequestSchema, heard);
  if (has('roots')) client.setRequestHandler(ListRootsRequestSchema, heard);
  await client.connect(new TransportV1(new URL(url)) as never);
  return client;
}

async function connectV2(
  isModern: boolean,
  url: string,
  heard: Heard,
  capabilities: object,
): Promise<Client> {
  const mode = isModern ? { pin: '2026-07-28' } : ('legacy' as const);
  const client = new Client(
    { name: 'v2', version: '1' },
    { capabilities, versionNegotiation: { mode } },
  );
  const has = (name: string): boolean => name in capabilities;
  if (has('elicitation')) client.setRequestHandler('elicitation/create', heard);
  if (has('sampling')) client.setRequestHandler('sampling/createMessage', heard);
  if (has('roots')) client.setRequestHandler('roots/list', heard);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}
