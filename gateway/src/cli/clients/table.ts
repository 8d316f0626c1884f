/** Every client, where its files are on each system, and how they are laid out. */
import { join } from 'node:path';
import type { Client, ClientFile, Machine } from './client.ts';
import {
  CLAUDE_CODE,
  CLAUDE_DESKTOP,
  CLINE,
  CODEX,
  COPILOT,
  CURSOR,
  GEMINI,
  OPENCODE,
  QWEN,
  ROO,
  VS_CODE,
  WINDSURF,
  ZED,
} from './layouts.ts';

/** Below the home folder, the same on every system. */
function home(...words: string[]): ClientFile {
  return { scope: 'user', path: (machine) => join(machine.home, ...words) };
}

/** Below the folder of the project. */
function project(...words: string[]): ClientFile {
  return { scope: 'project', path: (machine) => join(machine.project, ...words) };
}

/** Below the folder that the system keeps settings of programs in. */
function settings(...words: string[]): ClientFile {
  return { scope: 'user', path: (machine) => join(settingsOf(machine), ...words) };
}

function settingsOf({ platform, home: folder, settings: own }: Machine): string {
  return platform === 'darwin' ? join(folder, 'Library', 'Application Support') : own;
}

/** Windows gives programs from its store a settings folder of their own. */
function storePackage(name: string, ...words: string[]): ClientFile {
  return {
    scope: 'user',
    path: ({ platform, home: folder }) =>
      platform === 'win32'
        ? join(folder, 'AppData', 'Local', 'Packages', name, 'LocalCache', 'Roaming', ...words)
        : undefined,
  };
}

function own(path: (machine: Machine) => string): ClientFile {
  return { scope: 'user', path };
}

const EDITOR_STORAGE = ['Code', 'User', 'globalStorage'] as const;

// prettier-ignore
export const CLIENTS: readonly Client[] = [
  { id: 'claude-desktop', title: 'Claude Desktop', layout: CLAUDE_DESKTOP, isCommandsOnly: true, afterwards: 'quit and start Claude Desktop',
    files: [settings('Claude', 'claude_desktop_config.json'), storePackage('Claude_pzs8sxrjxfjjc', 'Claude', 'claude_desktop_config.json')] },
  { id: 'claude-code', title: 'Claude Code', layout: CLAUDE_CODE, afterwards: 'start a new session; /mcp shows it',
    files: [
      home('.claude.json'),
      { ...home('.claude.json'), scope: 'project', keys: (machine) => ['projects', machine.project, 'mcpServers'] },
      project('.mcp.json'),
    ] },
  { id: 'vscode', title: 'VS Code', layout: VS_CODE, afterwards: 'reload the window, or start it with "MCP: List Servers"',
    files: [settings('Code', 'User', 'mcp.json'), project('.vscode', 'mcp.json')] },
  { id: 'copilot', title: 'Copilot CLI', layout: COPILOT, afterwards: 'start a new session',
    files: [home('.copilot', 'mcp-config.json')] },
  { id: 'cursor', title: 'Cursor', layout: CURSOR, afterwards: 'switch it on under Settings, MCP',
    files: [home('.cursor', 'mcp.json'), project('.cursor', 'mcp.json')] },
  { id: 'windsurf', title: 'Windsurf', layout: WINDSURF, afterwards: 'press refresh in its list of MCP servers',
    files: [home('.codeium', 'windsurf', 'mcp_config.json')] },
  { id: 'codex', title: 'Codex', layout: CODEX, afterwards: 'start a new session; /mcp shows it',
    files: [home('.codex', 'config.toml'), project('.codex', 'config.toml')] },
  { id: 'gemini', title: 'Gemini CLI', layout: GEMINI, afterwards: 'start a new session; /mcp shows it',
    files: [home('.gemini', 'settings.json'), project('.gemini', 'settings.json')] },
  { id: 'antigravity', title: 'Antigravity', layout: WINDSURF, afterwards: 'press refresh in its list of MCP servers',
    files: [home('.gemini', 'antigravity', 'mcp_config.json')] },
  { id: 'qwen', title: 'Qwen Code', layout: QWEN, afterwards: 'start a new session',
    files: [home('.qwen', 'settings.json'), project('.qwen', 'settings.json')] },
  { id: 'opencode', title: 'OpenCode', layout: OPENCODE, afterwards: 'start a new session',
    files: [
      own(({ home: folder }) => join(folder, '.config', 'opencode', 'opencode.jsonc')),
      own(({ home: folder }) => join(folder, '.config', 'opencode', 'opencode.json')),
      project('opencode.json'),
    ] },
  { id: 'zed', title: 'Zed', layout: ZED, afterwards: 'nothing: Zed sees the change',
    files: [
      own((machine) => machine.platform === 'win32' ? join(machine.settings, 'Zed', 'settings.json') : join(machine.home, '.config', 'zed', 'settings.json')),
      project('.zed', 'settings.json'),
    ] },
  { id: 'cline', title: 'Cline', layout: CLINE, afterwards: 'nothing: Cline sees the change',
    files: [settings(...EDITOR_STORAGE, 'saoudrizwan.claude-dev', 'settings', 'cline_mcp_settings.json')] },
  { id: 'roo', title: 'Roo Code', layout: ROO, afterwards: 'nothing: Roo Code sees the change',
    files: [settings(...EDITOR_STORAGE, 'rooveterinaryinc.roo-cline', 'settings', 'mcp_settings.json'), project('.roo', 'mcp.json')] },
  { id: 'kiro', title: 'Kiro', layout: ROO, afterwards: 'nothing: Kiro sees the change',
    files: [home('.kiro', 'settings', 'mcp.json'), project('.kiro', 'settings', 'mcp.json')] },
  { id: 'amazon-q', title: 'Amazon Q', layout: CLAUDE_DESKTOP, isCommandsOnly: true, afterwards: 'start a new session',
    files: [home('.aws', 'amazonq', 'mcp.json'), project('.amazonq', 'mcp.json')] },
];
