/** Which configuration file a command is about. */
import type { Output } from './output.ts';

const DEFAULT_FILE = 'drawbridge.yaml';

/** Options that every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** The configuration file that was asked for. */
export function configFile(out: Output, options: CommonOptions): string {
  return options.config ?? out.surroundings.env['DRAWBRIDGE_CONFIG'] ?? DEFAULT_FILE;
}
