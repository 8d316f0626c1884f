/** `.proto` files with all that they import, each read once and known by one name. */
import { stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ParsedProto } from './parsed-proto.ts';
import { parseProto } from './proto-text.ts';
import { wellKnownFile } from './well-known-files.ts';

const MAX_PROTOS = 5000;
/** Folders above a file in which its imports are looked for. */
const MAX_ABOVE = 12;

export interface ProtoFault {
  readonly text: string;
  /** Counted from 1; 0 where it is not known. */
  readonly line: number;
}

export interface ProtoFilesSettings {
  /** Folders that imports begin at, before all others. */
  readonly roots: readonly string[];
  /** The folder above which nothing is looked for. */
  readonly directory: string;
  /** Whether a file of this name is had otherwise. */
  readonly isKnown: (name: string) => boolean;
  /** @returns undefined where it cannot be read; whoever reads says why */
  readonly read: (path: string, told: string) => Promise<string | undefined>;
  /** Hears of what is left out. */
  readonly leftOut: (what: string) => void;
}

interface Known {
  readonly parsed: ParsedProto;
  /** Whole paths of what it imports, by the names that it gives them. */
  readonly imports: Map<string, string>;
}

export class ProtoFiles {
  private readonly settings: ProtoFilesSettings;
  private readonly byPath = new Map<string, Known>();
  /** Names by whole path, as others import it. */
  private readonly names = new Map<string, string>();
  /** Whole paths of folders that were named. */
  private readonly folders: { readonly path: string; readonly files: readonly string[] }[] = [];
  private readonly broken = new Set<string>();

  constructor(settings: ProtoFilesSettings) {
    this.settings = settings;
  }

  /** A file by its own name, and what it imports. @returns what is wrong with the file itself */
  async add(path: string): Promise<ProtoFault | undefined> {
    return await this.follow(path, this.nameOf(path));
  }

  /** All files of a folder; those that cannot be read as text are left out and told. */
  async addFolder(path: string, files: readonly string[]): Promise<ProtoFault | undefined> {
    this.folders.push({ path, files });
    for (const file of files) {
      const fault = await this.follow(file, this.nameOf(file));
      if (fault !== undefined && this.byPath.size >= MAX_PROTOS) return fault;
      if (fault !== undefined) this.settings.leftOut(`${fault.text} It was left out`);
    }
    return undefined;
  }

  /** Every file, by the name by which others import it, and its imports by theirs. */
  finish(): ParsedProto[] {
    return [...this.byPath].map(([path, { parsed, imports }]) => ({
      ...parsed,
      name: this.nameOf(path),
      imports: parsed.imports.map((name) => {
        const found = imports.get(name);
        return found === undefined ? name : this.nameOf(found);
      }),
    }));
  }

  private nameOf(path: string): string {
    const known = this.names.get(path);
    if (known !== undefined) return known;
    const { roots } = this.settings;
    const all = [...roots, ...this.folders.map((folder) => folder.path)];
    const inside = all.find((root) => path.startsWith(root + sep)) ?? dirname(path);
    return relative(inside, path).replaceAll(sep, '/');
  }

  private async follow(path: string, told: string): Promise<ProtoFault | undefined> {
    const fault = await this.parse(path, told);
    const waiting = fault === undefined ? [path] : [];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const known = this.byPath.get(next);
      for (const wanted of known?.parsed.imports ?? []) {
        if (known === undefined || known.imports.has(wanted)) continue;
        if (wellKnownFile(wanted) !== undefined) continue;
        const found = await this.find(wanted, next);
        if (found === undefined) {
          if (!this.settings.isKnown(wanted)) this.missing(next, wanted);
          continue;
        }
        known.imports.set(wanted, found);
        // Of several names the longest begins nearest to the root.
        if ((this.names.get(found)?.length ?? 0) < wanted.length) this.names.set(found, wanted);
        if (this.byPath.has(found) || this.broken.has(found)) continue;
        if (this.byPath.size >= MAX_PROTOS) {
          return { text: `${told} imports more than ${MAX_PROTOS} files.`, line: 0 };
        }
        const inside = await this.parse(found, wanted);
        if (inside === undefined) waiting.push(found);
        else this.settings.leftOut(`${inside.text} What needs it is left out`);
      }
    }
    return fault;
  }

  private missing(from: string, wanted: string): void {
    this.settings.leftOut(
      `${this.nameOf(from)} imports ${wanted}, which is in none of the folders; what needs it is left out`,
    );
  }

  private async parse(path: string, told: string): Promise<ProtoFault | undefined> {
    if (this.byPath.has(path)) return undefined;
    const text = await this.settings.read(path, told);
    if (text === undefined) return undefined;
    const parsed = parseProto(told, text);
    if (typeof parsed === 'string') {
      this.broken.add(path);
      const line = Number(/\(?line (\d+)/.exec(parsed)?.[1] ?? 0);
      return { text: `${told}: ${parsed}.`, line };
    }
    this.byPath.set(path, { parsed, imports: new Map() });
    return undefined;
  }

  /** Names of imports begin at a root; where none was named, it may be any folder above. */
  private async find(wanted: string, from: string): Promise<string | undefined> {
    if (wanted.startsWith('/') || wanted.split('/').includes('..')) return undefined;
    const { roots, directory } = this.settings;
    const above: string[] = [];
    for (let at = dirname(from); above.length < MAX_ABOVE; at = dirname(at)) {
      above.push(at);
      if (at === dirname(at) || at === directory) break;
    }
    for (const root of new Set([...roots, ...above])) {
      const path = join(root, wanted);
      if (this.byPath.has(path)) return path;
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() === true) return path;
    }
    const end = sep + wanted.replaceAll('/', sep);
    return this.folders.flatMap(({ files }) => files).find((file) => file.endsWith(end));
  }
}
