/** What can be wrong in a configuration file, and where. */

/** A path inside the configuration, as zod gives it: keys and indexes from the top. */
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong (or odd) at one place of the file. */
export interface Problem {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly column: number;
  /** `upstreams.files.mcp.args[0]`; empty for the file as a whole. */
  readonly path: string;
  /** One sentence fragment without a final stop; holds no value that came out of `${…}`. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** A problem before its place in the file has been looked up. */
export interface Finding {
  readonly path: ConfigPath;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Point at the key of the path's last step instead of at its value. */
  readonly atKey?: boolean;
  /** `warning` does not keep the configuration from being used; the default is `error`. */
  readonly severity?: 'error' | 'warning';
}

/** The text form of a path: dots between names, brackets around indexes and unusual names. */
export function pathText(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
