/** Registers `drawbridge admin`. */
import type { Command } from 'commander';
import type { AdminOptions } from './commands/admin.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXAMPLES } from './help-texts.ts';
import type { Output } from './output.ts';

export interface AdminRegistry {
  readonly program: Command;
  readonly output: (options: AdminOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

export function addAdmin({ program, output, done }: AdminRegistry): void {
  const admin = program.command('admin').description('look after the gateway over its admin API');
  admin
    .command('code')
    .description('make a one-time code that makes somebody administrator')
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error')
    .addHelpText('after', `\n${EXAMPLES.admin}`)
    .action(async (options: AdminOptions) => {
      const { runAdminCode } = await import('./commands/admin.ts');
      done(await runAdminCode(output(options), options));
    });
}
