/** What a child may see of the gateway's own environment. */
const INHERITED_POSIX = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
];

const INHERITED_WINDOWS = [
  'PATH',
  'PATHEXT',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'OS',
  'TEMP',
  'TMP',
  'TZ',
  'USERNAME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
];

export interface EnvironmentValues {
  /** Set for the child; wins over what is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Names the operator passes on from the gateway's environment; a name that is not set is skipped. */
  readonly inheritEnv: readonly string[];
}

/**
 * The whole environment of a child: an allow-list of harmless names, the names in `inheritEnv`, and
 * `env`. Everything else the gateway was started with (tokens above all) stays here.
 */
export function childEnvironment(
  values: EnvironmentValues,
  own: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const windows = platform === 'win32';
  const fold = (name: string): string => (windows ? name.toUpperCase() : name);
  const always = new Set(windows ? INHERITED_WINDOWS : INHERITED_POSIX);
  const asked = new Set(values.inheritEnv.map(fold));
  const configured = new Set(Object.keys(values.env).map(fold));
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(own)) {
    const key = fold(name);
    if (value === undefined || configured.has(key)) continue;
    const harmless = always.has(key) || (!windows && key.startsWith('LC_'));
    // A value that begins with `()` is an exported shell function: code, not a setting.
    if (asked.has(key) || (harmless && !value.startsWith('()'))) result.set(name, value);
  }
  for (const [name, value] of Object.entries(values.env)) result.set(name, value);
  return Object.fromEntries(result);
}
