/** Registers `drawbridge admin`. */
import type { Command } from 'commander';
import type { AdminOptions, RevokeOptions } from './commands/admin.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXAMPLES } from './help-texts.ts';
import { duration } from './key-times.ts';
import type { Output } from './output.ts';

export interface AdminRegistry {
  readonly program: Command;
  readonly output: (options: AdminOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

export function addAdmin({ program, output, done }: AdminRegistry): void {
  const admin = program.command('admin').description('make administrators, and cut people off');
  common(
    admin.command('code').description('make a one-time code that makes somebody administrator'),
  )
    .addHelpText('after', `\n${EXAMPLES.admin}`)
    .action(async (options: AdminOptions) => {
      const { runAdminCode } = await import('./commands/admin.ts');
      done(await runAdminCode(output(options), options));
    });
  common(
    admin
      .command('revoke')
      .description('cut a person off, or one sign-in; what is under way ends within a second')
      .requiredOption('--issuer <issuer>', 'as in identity.oauth')
      .option('--subject <sub>', '"sub" of their tokens')
      .option('--sid <sid>', '"sid" of the tokens: that sign-in alone')
      .option('--out-for <time>', 'keep them out so long, such as 90d', duration),
  ).action(async (options: RevokeOptions) => {
    const { runAdminRevoke } = await import('./commands/admin.ts');
    done(await runAdminRevoke(output(options), options));
  });
}

function common(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error');
}
