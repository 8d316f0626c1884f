/** How the clients' files are laid out. */
import type { Layout } from './client.ts';

/** `${NAME}` and `${NAME:-default}`. */
const SHELL = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;
/** `${env:NAME}`. */
const ENV = /\$\{env:([A-Za-z_]\w*)\}/g;
/** `$NAME` and `${NAME}`. */
const DOLLAR = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;
/** `{env:NAME}`. */
const BRACES = /\{env:([A-Za-z_]\w*)\}/g;
/** Nothing is filled in. */
const NONE = /(?!)/g;

const plain = { syntax: 'json', keys: ['mcpServers'], urlKey: 'url' } as const;

export const CLAUDE_DESKTOP: Layout = { ...plain, variable: NONE };
export const CLAUDE_CODE: Layout = {
  ...plain,
  httpType: 'http',
  stdioType: 'stdio',
  variable: SHELL,
};
export const VS_CODE: Layout = {
  ...CLAUDE_CODE,
  keys: ['servers'],
  variable: /\$\{(?:env|input):([A-Za-z_][\w-]*)\}/g,
};
export const COPILOT: Layout = {
  ...plain,
  httpType: 'http',
  stdioType: 'local',
  more: { tools: ['*'] },
  variable: SHELL,
};
export const CURSOR: Layout = { ...plain, variable: ENV };
export const WINDSURF: Layout = { ...plain, urlKey: 'serverUrl', variable: ENV };
export const GEMINI: Layout = { ...plain, httpType: 'http', variable: DOLLAR };
export const QWEN: Layout = { ...plain, urlKey: 'httpUrl', variable: DOLLAR };
export const CODEX: Layout = {
  syntax: 'toml',
  keys: ['mcp_servers'],
  urlKey: 'url',
  variable: SHELL,
};
export const OPENCODE: Layout = {
  ...plain,
  keys: ['mcp'],
  httpType: 'remote',
  stdioType: 'local',
  isCommandList: true,
  more: { enabled: true },
  variable: BRACES,
};
export const ZED: Layout = { ...plain, keys: ['context_servers'], variable: NONE };
export const CLINE: Layout = { ...plain, httpType: 'streamableHttp', variable: NONE };
export const ROO: Layout = { ...plain, httpType: 'streamable-http', variable: ENV };
