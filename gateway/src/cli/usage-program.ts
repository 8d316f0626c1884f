/** Registers `drawbridge usage`. */
import { Option, type Command } from 'commander';
import type { UsageOptions } from './commands/usage.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXAMPLES } from './help-texts.ts';
import { duration } from './key-times.ts';
import type { Output } from './output.ts';

export interface UsageRegistry {
  readonly program: Command;
  readonly output: (options: UsageOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

export function addUsage({ program, output, done }: UsageRegistry): void {
  const by = new Option('--by <what>', 'what the sums are made of');
  program
    .command('usage')
    .description('show who used what: calls, refusals, errors, bytes, estimated tokens, cost')
    .addOption(
      by.choices(['team', 'user', 'agent', 'tool', 'endpoint', 'principal']).default('user'),
    )
    .option(
      '--since <time>',
      'how far back, in whole hours, for example 7d (default: 24h)',
      duration,
    )
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error')
    .addHelpText('after', `\n${EXAMPLES.usage}`)
    .action(async (options: UsageOptions) => {
      const { runUsage } = await import('./commands/usage.ts');
      done(await runUsage(output(options), options));
    });
}
