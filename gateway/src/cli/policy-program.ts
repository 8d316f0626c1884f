/** Registers `drawbridge policy` and what can be asked of the rules. */
import type { Command } from 'commander';
import type { ExplainOptions } from './commands/policy-explain.ts';
import type { PolicyOptions } from './commands/policy.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXAMPLES } from './help-texts.ts';
import type { Output } from './output.ts';

interface PolicyRegistry {
  readonly program: Command;
  readonly output: (options: PolicyOptions) => Output;
  readonly done: (exit: ExitCode) => void;
}

export function addPolicy({ program, output, done }: PolicyRegistry): void {
  const policy = program
    .command('policy')
    .description('explain, test and check the rules')
    .addHelpText('after', `\n${EXAMPLES.policy}`);
  common(policy.command('explain').description('say why a call is allowed, refused or hidden'))
    .option('--as <caller>', 'a user, the id of a key, or JSON (default: the local principal)')
    .option('--tool <item>', 'the tool: upstream/name; other kinds as kind:upstream/name')
    .option('--args <json>', 'its arguments; without them only the list is explained')
    .option('-e, --endpoint <name>', 'the endpoint (default: "default")')
    .option('--address <address>', 'the address that the call comes from')
    .option('--decision <id>', 'a decision as a refusal names it, looked up in the record')
    .action(async (options: ExplainOptions) => {
      const { runExplain } = await import('./commands/policy-explain.ts');
      done(await runExplain(output(options), options));
    });
  common(
    policy.command('test <file>').description('compare the rules with a file of expectations'),
  ).action(async (file: string, options: PolicyOptions) => {
    const { runTest } = await import('./commands/policy.ts');
    done(await runTest(output(options), file, options));
  });
  common(
    policy.command('lint').description('find rules that can never apply or never decide'),
  ).action(async (options: PolicyOptions) => {
    const { runLint } = await import('./commands/policy.ts');
    done(await runLint(output(options), options));
  });
}

function common(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration file (default: drawbridge.yaml)')
    .option('--json', 'write the result as JSON')
    .option('--verbose', 'log everything to standard error');
}
