/** Registers `drawbridge secrets` and what can be done with secrets. */
import type { Command } from 'commander';
import type { CommonOptions } from './config-file.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXAMPLES } from './help-texts.ts';
import type { Output } from './output.ts';

export interface SecretsRegistry {
  readonly program: Command;
  readonly output: (options: CommonOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

export function addSecrets({ program, output, done }: SecretsRegistry): void {
  const secrets = program
    .command('secrets')
    .description('keep the secrets that the configuration names, sealed')
    .addHelpText('after', `\n${EXAMPLES.secrets}`);
  common(
    secrets
      .command('set')
      .usage('[options] <name>')
      .argument('<name>')
      .description('keep a secret, or a new version of it'),
  )
    .argument('[value...]')
    .action(async (name: string, words: string[], options: CommonOptions) => {
      const { refuseWords, runSet } = await import('./commands/secrets.ts');
      const out = output(options);
      done(words.length > 0 ? refuseWords(out) : await runSet(out, name, options));
    });
  common(secrets.command('list').description('show which secrets there are, never what')).action(
    async (options: CommonOptions) => {
      const { runList } = await import('./commands/secrets.ts');
      done(await runList(output(options), options));
    },
  );
  common(secrets.command('remove <name>').description('forget a secret for good')).action(
    async (name: string, options: CommonOptions) => {
      const { runRemove } = await import('./commands/secrets.ts');
      done(await runRemove(output(options), name, options));
    },
  );
  common(
    secrets.command('rotate-key').description('seal everything with a new key, then drop the old'),
  ).action(async (options: CommonOptions) => {
    const { runRotateKey } = await import('./commands/secrets.ts');
    done(await runRotateKey(output(options), options));
  });
}

function common(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error');
}
