/** `drawbridge schema`: the JSON Schema of the configuration file, for editors. */
import { configJsonSchema } from '../../compose/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';

export function runSchema(out: Output): ExitCode {
  out.surroundings.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  return EXIT.ok;
}
