/**
 * Operations as they are kept: by columns, one text for a property of all of them. A column is read
 * when its property is first asked for, since an API of ten thousand operations is opened at every
 * start and most of what is told of them may never be looked at.
 */
import type { Operation } from '../model.ts';
import { isMembers } from './shapes.ts';

const COLUMNS = ['name', 'title', 'place', 'key', 'summary', 'pointer', 'line', 'which'] as const;

type ColumnName = (typeof COLUMNS)[number];

/** What operations have in common with others. */
type Shared = Pick<Operation, 'aliases' | 'tags' | 'isDeprecated' | 'verb' | 'effects' | 'auth'> & {
  readonly source: string;
};

/** How a column is written: its texts with `BETWEEN` between them, or as JSON. */
interface Written {
  readonly form: 'joined' | 'list' | 'derived';
  readonly bytes: number;
}

/** What stands before the columns. */
export interface Outline {
  readonly rows: number;
  /** In the order of `COLUMNS`. */
  readonly columns: readonly Written[];
  /** Bytes of what is shared, JSON behind the columns. */
  readonly shared: number;
}

/** A character that JSON does not escape and hardly any text holds. */
const BETWEEN = '\x7f';

type Derive = (from: Pick<Operation, 'verb' | 'title' | 'place'>) => string;

/** What usually follows from the rest; only other values are written then. */
const DERIVED: Partial<Record<ColumnName, Derive>> = {
  key: ({ verb, place }) => `http:${verb} ${place}`,
  summary: ({ title }) => title,
  pointer: ({ verb, place }) =>
    `#/paths/${place.replaceAll('~', '~0').replaceAll('/', '~1')}/${verb.toLowerCase()}`,
};

/** @returns what describes the parts, and the parts one after the other */
export function writeOperations(operations: readonly Operation[]): {
  readonly outline: Outline;
  readonly parts: readonly Buffer[];
} {
  const known = new Map<string, number>();
  const shared: Shared[] = [];
  const which = operations.map((each) => {
    const { aliases, tags, isDeprecated, verb, effects, auth } = each;
    const one = { aliases, tags, isDeprecated, verb, effects, auth, source: each.at.source };
    const text = JSON.stringify(one);
    const place = known.get(text) ?? shared.push(one) - 1;
    known.set(text, place);
    return String(place);
  });
  const written = COLUMNS.map((name) =>
    name === 'which' ? joined(which) : writeColumn(name, operations),
  );
  const columns = written.map(({ form, bytes }) => ({ form, bytes: bytes.length }));
  const common = Buffer.from(JSON.stringify(shared));
  return {
    outline: { rows: operations.length, columns, shared: common.length },
    parts: [...written.map(({ bytes }) => bytes), common],
  };
}

function writeColumn(name: Exclude<ColumnName, 'which'>, operations: readonly Operation[]) {
  const values = operations.map((each) => cellOf(each, name));
  const derive = DERIVED[name];
  if (derive === undefined) return joined(values);
  const others: [string, string][] = [];
  for (const [row, operation] of operations.entries()) {
    const value = cellOf(operation, name);
    if (derive(operation) !== value) others.push([String(row), value]);
  }
  if (others.length > operations.length / 2) return joined(values);
  const bytes = Buffer.from(JSON.stringify(Object.fromEntries(others)));
  return { form: 'derived', bytes } as const;
}

function cellOf(operation: Operation, name: Exclude<ColumnName, 'which'>): string {
  if (name === 'pointer') return operation.at.pointer;
  return name === 'line' ? String(operation.at.line) : operation[name];
}

function joined(values: readonly string[]): {
  readonly form: Written['form'];
  readonly bytes: Buffer;
} {
  return values.some((value) => value.includes(BETWEEN))
    ? { form: 'list', bytes: Buffer.from(JSON.stringify(values)) }
    : { form: 'joined', bytes: Buffer.from(values.join(BETWEEN)) };
}

/** @returns what makes them; undefined where it is no outline of so many bytes */
export function readOperations(
  outline: unknown,
  bytes: Buffer,
): (() => readonly Operation[]) | undefined {
  if (!isOutline(outline) || totalOf(outline) !== bytes.length) return undefined;
  return () => {
    const columns = new Columns(outline, bytes);
    return Array.from({ length: outline.rows }, (_none, row) => new KeptOperation(columns, row));
  };
}

function totalOf({ columns, shared }: Outline): number {
  return sumOf(columns) + shared;
}

function sumOf(columns: readonly Written[]): number {
  return columns.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isOutline(value: unknown): value is Outline {
  return (
    isMembers(value) &&
    typeof value['rows'] === 'number' &&
    typeof value['shared'] === 'number' &&
    Array.isArray(value['columns']) &&
    value['columns'].length === COLUMNS.length
  );
}

function isSharedList(value: unknown): value is Shared[] {
  return Array.isArray(value) && value.every(isMembers);
}

class Columns {
  private readonly outline: Outline;
  private readonly bytes: Buffer;
  private readonly read = new Map<ColumnName, readonly string[]>();
  private common: readonly Shared[] | undefined;

  constructor(outline: Outline, bytes: Buffer) {
    this.outline = outline;
    this.bytes = bytes;
  }

  cell(name: ColumnName, row: number): string {
    let column = this.read.get(name);
    if (column === undefined) {
      column = this.column(name);
      this.read.set(name, column);
    }
    return column[row] ?? '';
  }

  shared(row: number): Shared {
    this.common ??= this.readCommon();
    const shared = this.common[Number(this.cell('which', row))];
    if (shared === undefined) throw new Error('a kept operation has no part in what is shared');
    return shared;
  }

  /** The file is ours and its checksum right, so its JSON is what was written. */
  private readCommon(): readonly Shared[] {
    const value: unknown = JSON.parse(this.bytes.toString('utf8', sumOf(this.outline.columns)));
    return isSharedList(value) ? value : [];
  }

  private column(name: ColumnName): readonly string[] {
    const at = COLUMNS.indexOf(name);
    const start = sumOf(this.outline.columns.slice(0, at));
    const { form = 'list', bytes: length = 0 } = this.outline.columns[at] ?? {};
    const text = this.bytes.toString('utf8', start, start + length);
    if (form === 'joined') return text.split(BETWEEN);
    const value: unknown = JSON.parse(text);
    if (form === 'list') return Array.isArray(value) ? value.map(String) : [];
    return this.derived(name, isMembers(value) ? value : {});
  }

  /** @param others values that do not follow from the rest, by row */
  private derived(name: ColumnName, others: Readonly<Record<string, unknown>>): string[] {
    const derive = DERIVED[name];
    const values: string[] = [];
    for (let row = 0; row < this.outline.rows; row++) {
      const { verb } = this.shared(row);
      const from = { verb, title: this.cell('title', row), place: this.cell('place', row) };
      values.push(derive?.(from) ?? '');
    }
    for (const [row, value] of Object.entries(others)) values[Number(row)] = String(value);
    return values;
  }
}

class KeptOperation implements Operation {
  private readonly columns: Columns;
  private readonly row: number;

  constructor(columns: Columns, row: number) {
    this.columns = columns;
    this.row = row;
  }

  get key(): string {
    return this.columns.cell('key', this.row);
  }

  get name(): string {
    return this.columns.cell('name', this.row);
  }

  get title(): string {
    return this.columns.cell('title', this.row);
  }

  get summary(): string {
    return this.columns.cell('summary', this.row);
  }

  get place(): string {
    return this.columns.cell('place', this.row);
  }

  get aliases(): readonly string[] {
    return this.columns.shared(this.row).aliases;
  }

  get tags(): readonly string[] {
    return this.columns.shared(this.row).tags;
  }

  get isDeprecated(): boolean {
    return this.columns.shared(this.row).isDeprecated;
  }

  get verb(): string {
    return this.columns.shared(this.row).verb;
  }

  get effects(): Operation['effects'] {
    return this.columns.shared(this.row).effects;
  }

  get auth(): Operation['auth'] {
    return this.columns.shared(this.row).auth;
  }

  get at(): Operation['at'] {
    const { source } = this.columns.shared(this.row);
    const pointer = this.columns.cell('pointer', this.row);
    return { source, pointer, line: Number(this.columns.cell('line', this.row)) };
  }
  toJSON(): Operation {
    const { key, name, aliases, title, summary, tags, isDeprecated, verb } = this;
    const { place, effects, auth, at } = this;
    return {
      key,
      name,
      aliases,
      title,
      summary,
      tags,
      isDeprecated,
      verb,
      place,
      effects,
      auth,
      at,
    };
  }
}
