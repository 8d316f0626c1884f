/** `${NAME}`, `${file:path}`, `${secret:name}` and `$$` inside one scalar, or `secret:name` as all of it. */

/** What a placeholder is filled from. */
export interface ExpansionSources {
  /** The value of an environment variable, undefined where it is not set. */
  readonly variable: (name: string) => string | undefined;
  /** The text of a file (relative to the configuration file), or why it cannot be had. */
  readonly file: (path: string) => { text: string } | { why: string };
  /** The text of a secret of the vault, or why it cannot be had. */
  readonly secret: (name: string) => { text: string } | { why: string };
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
const WHOLE_SECRET = 'secret:';
const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * A lone `$` stays; the filled-in text is not expanded again. A text that begins with `secret::`
 * begins with `secret:` and means no secret. All faults are reported at once.
 */
export function expand(raw: string, sources: ExpansionSources): Expansion {
  if (!raw.startsWith(WHOLE_SECRET)) return expandParts(raw, sources);
  const name = raw.slice(WHOLE_SECRET.length);
  if (name.startsWith(':')) {
    const rest = expandParts(name.slice(1), sources);
    return rest.ok ? { ...rest, text: WHOLE_SECRET + rest.text } : rest;
  }
  const result = fillSecret(name, sources);
  if ('message' in result) return { ok: false, faults: [{ at: 0, ...result }] };
  return { ok: true, text: result.text, filled: [{ placeholder: raw, text: result.text }] };
}

function expandParts(raw: string, sources: ExpansionSources): Expansion {
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
  const escaped = text.replaceAll(/\$(?=[${])/g, '$$$$');
  return escaped.startsWith(WHOLE_SECRET)
    ? `${WHOLE_SECRET}:${escaped.slice(WHOLE_SECRET.length)}`
    : escaped;
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
  if (inner.startsWith(WHOLE_SECRET)) {
    return fillSecret(inner.slice(WHOLE_SECRET.length).trim(), sources);
  }
  if (!VARIABLE.test(inner)) {
    return {
      message: `\${${inner}} is no placeholder`,
      hint: 'write ${NAME} for an environment variable, ${file:path} for the text of a file, ${secret:name} for a secret, $${ for a literal ${',
    };
  }
  const value = sources.variable(inner);
  if (value !== undefined) return { text: value };
  return {
    message: `the environment variable ${inner} is not set`,
    hint: `set ${inner} where the gateway is started, or write $\${${inner}} to mean the text itself`,
  };
}

function fillSecret(name: string, sources: ExpansionSources): FillResult {
  if (!SECRET_NAME.test(name)) {
    return {
      message: 'this names no secret of the vault',
      hint: 'write secret:<name>, with letters, digits, ".", "_" and "-" in the name; secret:: for a text that begins with secret:',
    };
  }
  const result = sources.secret(name);
  if ('text' in result) return result;
  return {
    message: `the secret "${name}" cannot be had: ${result.why}`,
    hint: `drawbridge secrets list shows what there is; set it with: drawbridge secrets set ${name}`,
  };
}

function unclosed(): { message: string; hint: string } {
  return { message: '"${" has no closing "}"', hint: 'write $${ for a literal ${' };
}
