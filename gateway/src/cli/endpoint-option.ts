/** The option `--endpoint`. */
import type { Config } from '../compose/index.ts';
import { nearest } from '../config/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';

/** Reports an endpoint that the configuration does not have. @returns the exit code, or undefined */
export function unknownEndpoint(out: Output, config: Config, name: string): ExitCode | undefined {
  const names = Object.keys(config.endpoints);
  if (names.includes(name)) return undefined;
  const near = nearest(name, names);
  return out.fail({
    exit: EXIT.problem,
    code: 'endpoint_unknown',
    message: `there is no endpoint "${name}"`,
    hint: near === undefined ? `endpoints: ${names.join(', ')}` : `did you mean "${near}"?`,
  });
}
