/** `${NAME}`, `${file:path}` and `$$` inside one scalar of the configuration. */

/** What a placeholder is filled from. */
export interface ExpansionSources {
  /** The value of an environment variable, undefined where it is not set. */
  readonly variable: (name: string) => string | undefined;
  /** The text of a file (relative to the configuration file), or why it cannot be had. */
  readonly file: (path: string) => { text: string } | { why: string };
}

export interface ExpansionFault {
  /** Offset in the scalar's text. */
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

export type Expansion =
  | { readonly ok: true; readonly text: string; readonly filled: readonly Filled[] }
  | { readonly ok: false; readonly faults: readonly ExpansionFault[] };

/** A placeholder and what stands in its place now: so that messages can hide the latter. */
export interface Filled {
  readonly placeholder: string;
  readonly text: string;
}

const PLACEHOLDER = /\$\$|\$\{([^}]*)(\}?)/g;
const VARIABLE = /^[A-Za-z_]\w*$/;

/** A lone `$` stays; the filled-in text is not expanded again. All faults are reported at once. */
export function expand(raw: string, sources: ExpansionSources): Expansion {
  const faults: ExpansionFault[] = [];
  const filled: Filled[] = [];
  const text = raw.replaceAll(
    PLACEHOLDER,
    (whole: string, inner: string | undefined, close: string | undefined, at: number) => {
      if (whole === '$$') return '$';
      const result = close === '}' ? fill(inner ?? '', sources) : unclosed();
      if ('message' in result) {
        faults.push({ at, ...result });
        return whole;
      }
      filled.push({ placeholder: whole, text: result.text });
      return result.text;
    },
  );
  return faults.length > 0 ? { ok: false, faults } : { ok: true, text, filled };
}

/** The scalar that expands to exactly this text, for writing values into a file. */
export function escapePlaceholders(text: string): string {
  return text.replaceAll(/\$(?=[${])/g, '$$$$');
}

type FillResult = { text: string } | { message: string; hint: string };

function fill(inner: string, sources: ExpansionSources): FillResult {
  if (inner.startsWith('file:')) {
    const path = inner.slice('file:'.length).trim();
    const result = sources.file(path);
    if ('text' in result) return result;
    return {
      message: `the file "${path}" cannot be read: ${result.why}`,
      hint: 'paths are relative to the configuration file',
    };
  }
  if (!VARIABLE.test(inner)) {
    return {
      message: `\${${inner}} is no placeholder`,
      hint: 'write ${NAME} for an environment variable, ${file:path} for the text of a file, $${ for a literal ${',
    };
  }
  const value = sources.variable(inner);
  if (value !== undefined) return { text: value };
  return {
    message: `the environment variable ${inner} is not set`,
    hint: `set ${inner} where the gateway is started, or write $\${${inner}} to mean the text itself`,
  };
}

function unclosed(): { message: string; hint: string } {
  return { message: '"${" has no closing "}"', hint: 'write $${ for a literal ${' };
}
