/** The commands and their options; each command is loaded when it is run. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../config/index.ts';
import type { AddOptions } from './commands/add.ts';
import type { CallOptions } from './commands/call.ts';
import type { ConnectOptions } from './commands/connect.ts';
import type { ImportOptions } from './commands/import.ts';
import type { PreviewCommandOptions } from './commands/preview.ts';
import type { ServeOptions } from './commands/serve.ts';
import type { StdioOptions } from './commands/stdio.ts';
import type { ToolsOptions } from './commands/tools.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { EXAMPLES, EXIT_CODES } from './help-texts.ts';
import { addAdmin } from './admin-program.ts';
import { addKeys } from './keys-program.ts';
import { addPolicy } from './policy-program.ts';
import { Output, type Surroundings } from './output.ts';
import { addSecrets } from './secrets-program.ts';
import type { CommonOptions } from './session.ts';
import { addUsage } from './usage-program.ts';

/** What a command's registration needs. */
interface Registry {
  readonly program: Command;
  readonly output: (options: CommonOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

/**
 * The program; its actions report their exit code to `done`.
 * Commander's own errors are thrown as CommanderError after their text has been written.
 */
export function createProgram(surroundings: Surroundings, done: (exit: ExitCode) => void): Command {
  const program = new Command('drawbridge')
    .description('One governed door between AI agents and everything they may use.')
    .version(surroundings.version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
    })
    .addHelpText('after', `\n${EXAMPLES.drawbridge}\n\n${EXIT_CODES}`);
  const output = (options: CommonOptions) => new Output(surroundings, options.json === true);
  const registry = { program, output, done };
  const commands = [
    addServe,
    addStdio,
    addAdd,
    addImport,
    addConnect,
    addPreview,
    addCheck,
    addTools,
    addCall,
    addAdmin,
    addKeys,
    addUsage,
    addPolicy,
    addSecrets,
    addSchema,
  ];
  for (const register of commands) register(registry);
  return program;
}

function addServe({ program, output, done }: Registry): void {
  const formats = new Option('--log <format>', 'how the log is written');
  const levels = new Option('--log-level <level>', 'the least that is logged');
  command(program, 'serve', 'start the gateway (the default command)', { isDefault: true })
    .argument('[words...]')
    .addOption(formats.choices(['pretty', 'json']).default('pretty'))
    .addOption(levels.choices(['debug', 'info', 'warn', 'error']).default('info'))
    .option('--listen <address>', 'listen here instead of at server.listen', address)
    .option('--grace <seconds>', 'time for calls under way when it is stopped', seconds)
    .action(async (words: string[], options: ServeOptions) => {
      const out = output(options);
      if (words.length > 0) return done(unknownCommand(out, program, words[0] ?? ''));
      const { runServe } = await import('./commands/serve.ts');
      done(await runServe(out, options));
    });
}

function addStdio({ program, output, done }: Registry): void {
  command(program, 'stdio', 'serve one client on standard input and output')
    .option('-e, --endpoint <name>', 'the endpoint to serve (default: "default")')
    .action(async (options: StdioOptions) => {
      const { runStdio } = await import('./commands/stdio.ts');
      done(await runStdio(output(options), options));
    });
}

function addAdd({ program, output, done }: Registry): void {
  command(program, 'add', 'add an upstream: an address, an OpenAPI document, or a command')
    .argument('<words...>', 'an http(s) address, a document, or a command with its arguments')
    .option('-n, --name <id>', 'its id; otherwise made from the address or the package')
    .option('--header <name: value>', 'send this header (repeatable)', collect)
    .option('--env <name=value>', 'set this variable for the command (repeatable)', collect)
    .option('--shared', 'one session or process for all callers')
    .option('--url <address>', 'where the API is, when its document does not say it')
    .option('--budget <tokens>', 'what a list of its tools may take (default: 8000)', tokens)
    .option('-y, --yes', 'write an API without asking')
    .option('--no-connect', 'write it without trying it')
    .option('--dry-run', 'show what would be written')
    .passThroughOptions()
    .action(async (words: string[], options: AddOptions) => {
      const { runAdd } = await import('./commands/add.ts');
      done(await runAdd(output(options), words, options));
    });
}

function addImport({ program, output, done }: Registry): void {
  command(program, 'import', "take over the servers in your clients' own files")
    .option('--from <client or file>', 'only this client, or this file')
    .option('-y, --yes', 'write without asking')
    .action(async (options: ImportOptions) => {
      const { runImport } = await import('./commands/import.ts');
      done(await runImport(output(options), options));
    });
}

function addConnect({ program, output, done }: Registry): void {
  command(
    program,
    'connect',
    'lead a client here: its own file is changed, and can be changed back',
  )
    .argument('[client]', 'the client; without one, all are listed')
    .option('-e, --endpoint <name>', 'the endpoint it reaches (default: "default")')
    .option('--http', 'give it the address instead of a command')
    .option('--undo', 'take it back')
    .option('--dry-run', 'show what would be changed')
    .option('-y, --yes', 'write without asking')
    .action(async (client: string | undefined, options: ConnectOptions) => {
      const { runConnect } = await import('./commands/connect.ts');
      done(await runConnect(output(options), client, options));
    });
}

function addPreview({ program, output, done }: Registry): void {
  command(program, 'preview', 'show what an API would offer, and what that costs')
    .argument('[source]', 'path or address of an API or of what describes it')
    .option('--header <name: value>', 'send this header where it is (repeatable)', collect)
    .option('--budget <tokens>', 'what a list of its tools may take (default: 8000)', tokens)
    .option('--all', 'show every tool and every warning')
    .option('--diff <id>', 'show what changed since this upstream was imported')
    .action(async (source: string | undefined, options: PreviewCommandOptions) => {
      const { runPreview } = await import('./commands/preview.ts');
      done(await runPreview(output(options), source, options));
    });
}

function addCheck({ program, output, done }: Registry): void {
  const what = 'say what is wrong with the configuration, and on which line';
  command(program, 'check', what).action(async (options: CommonOptions) => {
    const { runCheck } = await import('./commands/check.ts');
    done(await runCheck(output(options), options));
  });
}

function addTools({ program, output, done }: Registry): void {
  command(program, 'tools', 'list the tools that callers see, and what is missing')
    .option('-e, --endpoint <name>', 'the endpoint to look at (default: "default")')
    .action(async (options: ToolsOptions) => {
      const { runTools } = await import('./commands/tools.ts');
      done(await runTools(output(options), options));
    });
}

function addCall({ program, output, done }: Registry): void {
  command(program, 'call', 'call a tool, governed and recorded like any call')
    .argument('<tool>', 'its public name, as drawbridge tools shows it')
    .argument('[arguments...]', 'key=value, or key:=JSON')
    .option('-e, --endpoint <name>', 'the endpoint to call it at (default: "default")')
    .option('-a, --args <json>', 'all arguments as JSON; @file reads a file, - standard input')
    .action(async (tool: string, words: string[], options: CallOptions) => {
      const { runCall } = await import('./commands/call.ts');
      done(await runCall(output(options), tool, words, options));
    });
}

function addSchema({ program, output, done }: Registry): void {
  const what = 'print the JSON Schema of the configuration file';
  command(program, 'schema', what).action(async (options: CommonOptions) => {
    const { runSchema } = await import('./commands/schema.ts');
    done(runSchema(output(options)));
  });
}

function command(
  program: Command,
  name: keyof typeof EXAMPLES,
  description: string,
  options: { isDefault?: boolean } = {},
): Command {
  return program
    .command(name, options)
    .description(description)
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error')
    .addHelpText('after', `\n${EXAMPLES[name]}`);
}

function unknownCommand(out: Output, program: Command, word: string): ExitCode {
  const names = program.commands.map((each) => each.name());
  const near = nearest(word, names);
  return out.fail({
    exit: EXIT.usage,
    code: 'usage',
    message: `there is no command "${word}"`,
    hint: near === undefined ? `commands: ${names.join(', ')}` : `did you mean "${near}"?`,
  });
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function tokens(value: string): number {
  const number = Number(value);
  if (/^\d{1,8}$/.test(value.trim())) return number;
  throw new InvalidArgumentError('It must be a whole number of tokens.');
}

/** As `server.listen` is written; the configuration's other rules for it hold as well. */
function address(value: string): string {
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/.exec(value)?.[1];
  if (port !== undefined && Number(port) <= 65_535) return value;
  throw new InvalidArgumentError('It must be host:port, for example 127.0.0.1:8081.');
}

function seconds(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 3600) return number;
  throw new InvalidArgumentError('It must be a number of seconds from 0 to 3600.');
}
