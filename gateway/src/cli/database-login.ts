/** The address of a database as it was typed, and the password in it, which no file is to hold. */
import { expand } from '../config/index.ts';
import type { Output } from './output.ts';

export interface DatabaseLogin {
  /** Without user and password. */
  readonly address: string;
  readonly username: string;
  /** As it was typed; it may be a placeholder. */
  readonly password: string;
}

const ADDRESS = /^((?:postgres(?:ql)?|mysql|mariadb):\/\/)((?:\$\{[^}]*\}|[^/?#])*)@(.*)$/is;
const PAIR = /^((?:\$\{[^}]*\}|[^:])*):(.*)$/s;
const PLACEHOLDER = /^\$\{(?:([A-Za-z_]\w*)|(?:file|secret):[^}]+)\}$/;

/** @returns undefined where it is no address of a database, or holds no password */
export function databaseLogin(written: string): DatabaseLogin | undefined {
  const [, scheme = '', userInfo = '', rest = ''] = ADDRESS.exec(written) ?? [];
  const [, user = '', password = ''] = PAIR.exec(userInfo) ?? [];
  if (password === '') return undefined;
  return { address: scheme + rest, username: decoded(user), password };
}

/** An address as it may be shown: without user, password and parameters. */
export function shownSource(written: string): string {
  if (!/^(?:postgres(?:ql)?|mysql|mariadb):\/\//i.test(written)) return written;
  const [, scheme = '', , rest = ''] = ADDRESS.exec(written) ?? [];
  const shown = scheme === '' ? written : scheme + rest;
  // A password that is not written as addresses are may hold anything.
  return shown.includes('@') ? shown.replace(/:\/\/.*$/s, '://…') : shown.replace(/[?#].*$/s, '');
}

/** Where the password goes in the entry, and the variable that it is then in; '' for none. */
export function passwordPlace(
  { password }: DatabaseLogin,
  variable: string,
): { readonly text: string; readonly variable: string } {
  const [whole, named = ''] = PLACEHOLDER.exec(password) ?? [];
  if (whole !== undefined) return { text: whole, variable: named };
  return { text: `\${${variable}}`, variable };
}

/** The address to connect to now. @returns undefined where a placeholder in it stands for nothing */
export function filledAddress(out: Output, written: string): string | undefined {
  const login = databaseLogin(written);
  if (login === undefined || !PLACEHOLDER.test(login.password)) return written;
  const filled = expand(login.password, {
    variable: (name) => out.surroundings.env[name],
    file: () => ({ why: 'files are not read here' }),
    secret: () => ({ why: 'secrets are not read here' }),
  });
  if (!filled.ok) return undefined;
  const pair = [login.username, filled.text].map(encodeURIComponent).join(':');
  return login.address.replace('://', `://${pair}@`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
