/** `mcp` of an upstream: where an MCP server is. */
import { z } from 'zod';
import { LEGACY_REVISIONS, MODERN_REVISIONS } from '../../kernel/index.ts';
import { address, headers } from '../header-schema.ts';

const ERAS = ['auto', ...MODERN_REVISIONS, ...LEGACY_REVISIONS] as const;

const era = z
  .enum(ERAS)
  .default('auto')
  .describe('Protocol revision to speak; auto finds out and looks again every hour.');

const interaction = z
  .enum(['on', 'off'])
  .default('on')
  .describe('off: it may not ask callers anything in the middle of a call.');

const tasks = z
  .enum(['wait', 'pass'])
  .default('wait')
  .describe(
    'wait: callers that know no tasks get the result when it is there; pass: they get an error.',
  );

const url = address('; a command is written as { command: npx, args: [...] }');

const httpServer = z.strictObject({
  type: z
    .enum(['http', 'streamable-http', 'sse'])
    .optional()
    .describe(
      'Transport, as mcp.json has it; without sse, that is tried where a POST is not taken.',
    ),
  url: url.describe('Address of an MCP server over HTTP; for type sse that of its event stream.'),
  headers: headers.optional().describe('Headers sent with every request.'),
  era,
  interaction,
  tasks,
});

const stdioServer = z.strictObject({
  type: z.literal('stdio').optional().describe('Transport, as mcp.json has it.'),
  command: z.string().min(1).describe('Program that speaks MCP on its standard input and output.'),
  args: z.array(z.string()).default([]).describe('Its arguments; no shell reads them.'),
  env: z.record(z.string(), z.string()).default({}).describe('Environment variables set for it.'),
  inheritEnv: z
    .array(z.string())
    .default([])
    .describe("Names of the gateway's own environment variables that it may see too."),
  cwd: z.string().min(1).optional().describe('Its folder, relative to this file.'),
  era,
  interaction,
  tasks,
});

export const mcpSchema = z
  .union([url, httpServer, stdioServer])
  .describe("An MCP server: its address, or an entry as in a client's mcp.json.");

export type EraSetting = (typeof ERAS)[number];
export type InteractionSetting = z.infer<typeof interaction>;
export type TasksSetting = z.infer<typeof tasks>;
export type HttpServerConfig = z.infer<typeof httpServer>;
export type StdioServerConfig = z.infer<typeof stdioServer>;
