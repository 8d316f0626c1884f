/** Registers `drawbridge keys` and what can be done with keys. */
import { InvalidArgumentError, type Command } from 'commander';
import type { CreateOptions, ExpireOptions, KeyOptions, RotateOptions } from './commands/keys.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXAMPLES } from './help-texts.ts';
import { duration } from './key-times.ts';
import type { Output } from './output.ts';

export interface KeysRegistry {
  readonly program: Command;
  readonly output: (options: KeyOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

export function addKeys({ program, output, done }: KeysRegistry): void {
  const keys = program
    .command('keys')
    .description('make, list, exchange and revoke the API keys of callers')
    .addHelpText('after', `\n${EXAMPLES.keys}`);
  common(keys.command('create').description('make a key; it is shown this once'))
    .requiredOption('--name <name>', 'what the key is for, as the record shows it', words)
    .option('--user <user>', 'the person on whose behalf it is used', words)
    .option('--agent <agent>', 'the agent or service that uses it (default: its name)', words)
    .option('--team <team>', 'the team it belongs to', words)
    .option('--group <group>', 'a group it is in (repeatable)', collect)
    .option('--scope <scope>', 'a scope it has (repeatable)', collect)
    .option(
      '--expires <time>',
      'how long it is good, for example 90d (default: for ever)',
      duration,
    )
    .action(async (options: CreateOptions) => {
      const { runCreate } = await import('./commands/keys.ts');
      done(await runCreate(output(options), options));
    });
  common(keys.command('list').description('show the keys, and which are still good')).action(
    async (options: KeyOptions) => {
      const { runList } = await import('./commands/keys.ts');
      done(await runList(output(options), options));
    },
  );
  addChanges(keys, output, done);
}

function addChanges(
  keys: Command,
  output: KeysRegistry['output'],
  done: KeysRegistry['done'],
): void {
  common(keys.command('rotate <id>').description('make a key that takes over from another'))
    .option('--overlap <time>', 'how long the old one stays good (default: 1h)', duration)
    .option('--expires <time>', 'how long the new one is good (default: as the old one)', duration)
    .action(async (id: string, options: RotateOptions) => {
      const { runRotate } = await import('./commands/keys.ts');
      done(await runRotate(output(options), id, options));
    });
  common(keys.command('expire <id>').description('let a key end at a time'))
    .option('--in <time>', 'from now on, for example 7d (default: at once)', duration)
    .action(async (id: string, options: ExpireOptions) => {
      const { runExpire } = await import('./commands/keys.ts');
      done(await runExpire(output(options), id, options));
    });
  common(
    keys
      .command('revoke <id>')
      .description('end a key for good; what is under way with it is cut off within a second'),
  ).action(async (id: string, options: KeyOptions) => {
    const { runRevoke } = await import('./commands/keys.ts');
    done(await runRevoke(output(options), id, options));
  });
}

function common(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error');
}

const MAX_CHARACTERS = 200;

/** One line of ordinary characters. */
function words(value: string): string {
  const text = value.trim();
  if (text !== '' && text.length <= MAX_CHARACTERS && !/\p{C}/u.test(text)) return text;
  throw new InvalidArgumentError(`It must be one line of 1 to ${MAX_CHARACTERS} characters.`);
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), words(value)];
}
