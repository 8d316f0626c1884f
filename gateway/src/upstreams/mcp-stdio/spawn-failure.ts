import { statSync } from 'node:fs';

/**
 * Why a command could not be started, in words for the operator. The system reports a missing
 * working directory exactly like a missing command, so the directory is looked at here.
 */
export function spawnFailure(command: string, cwd: string | undefined, error: unknown): string {
  const name = JSON.stringify(command);
  if (cwd !== undefined && !isDirectory(cwd)) {
    return `The working directory ${JSON.stringify(cwd)} does not exist or is no directory. Create it, or correct cwd.`;
  }
  switch (codeOf(error)) {
    case 'ENOENT':
      return `The command ${name} was not found. ${hintFor(command)}`;
    case 'EACCES':
    case 'EPERM':
      return `The command ${name} may not be executed. Check that it is a program and that its permissions allow to run it.`;
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
    case 'ENOMEM':
      return `The system has no room to start ${name} (${codeOf(error)}). Raise its limits for open files and processes, or run fewer upstreams.`;
    case 'E2BIG':
      return `The arguments and environment of ${name} are too long for the system. Shorten args and env.`;
    default:
      return `The command ${name} could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function hintFor(command: string): string {
  if (/\s/.test(command)) {
    return 'It holds a space: put the program alone into command and each argument into args; no shell splits them.';
  }
  if (command.includes('/')) {
    return 'Check the path. If the file exists, the interpreter in its first line is missing.';
  }
  return 'Install it, or give its full path; names are looked up in the PATH the gateway was started with, or in PATH under env.';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
