/** The clients whose own files are read and written: where the files are, and how they are laid out. */

/** A machine as its files are found; tests give their own. */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** `HOME`, or `USERPROFILE` on Windows. */
  readonly home: string;
  /** `XDG_CONFIG_HOME`, or `.config` of the home folder; `APPDATA` on Windows. */
  readonly settings: string;
  /** The folder that the command runs in: files of a project are looked for in it. */
  readonly project: string;
}

/** Whether an entry is one person's or a project's. */
export type Scope = 'user' | 'project';

/** How a client's file holds its servers. */
export interface Layout {
  readonly syntax: 'json' | 'toml';
  /** The keys that lead to the table of servers by name. */
  readonly keys: readonly string[];
  /** The member that holds the address of a server over HTTP. */
  readonly urlKey: 'url' | 'serverUrl' | 'httpUrl';
  /** What `type` says of a server over HTTP; undefined where it is not written. */
  readonly httpType?: string;
  /** What `type` says of a command; undefined where it is not written. */
  readonly stdioType?: string;
  /** What every entry has to have beside. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Command and arguments are one list, and variables are called `environment`. */
  readonly isCommandList?: true;
  /** How a value names a variable of the client's surroundings. */
  readonly variable: RegExp;
}

export interface ClientFile {
  readonly scope: Scope;
  /** Where it is; undefined where the client has none on this machine. */
  readonly path: (machine: Machine) => string | undefined;
  /** The keys that lead to its servers, where they are not those of the client's layout. */
  readonly keys?: (machine: Machine) => readonly string[];
}

export interface Client {
  /** What it is called on the command line. */
  readonly id: string;
  readonly title: string;
  readonly layout: Layout;
  /** The first one is written by `connect`. */
  readonly files: readonly ClientFile[];
  /** It starts commands only: an address in its file does nothing. */
  readonly isCommandsOnly?: true;
  /** What a person does after the file was changed. */
  readonly afterwards: string;
}
