/** One statement by the extended protocol of PostgreSQL: rows are counted and weighed as they come. */
import type { Connection, Submittable } from 'pg';
import type { Json } from '../../../kernel/index.ts';
import { readerOf } from './postgres-values.ts';

export interface PortalOrder {
  readonly sql: string;
  /** In text format; null stands for NULL, bytes are sent as they are. */
  readonly values: readonly (string | Buffer | null)[];
  readonly maxRows: number;
  readonly maxBytes: number;
  /** Only parsed and described, not run. */
  readonly check: boolean;
}

export interface PortalEnd {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** Positions of columns of bytes. */
  readonly binary: readonly number[];
  readonly affected: number;
  readonly cut: '' | 'rows' | 'bytes';
  /** Whether its connection can go on. */
  readonly isClean: boolean;
}

interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Its object id (pg_type.dat). */
const BYTEA = 17;
export class Portal implements Submittable {
  readonly ended: Promise<PortalEnd>;
  readonly maxBytes: number;
  private readonly order: PortalOrder;
  private readonly readers: ReturnType<typeof readerOf>[] = [];
  private readonly columns: string[] = [];
  private readonly rows: Json[][] = [];
  private readonly binary: number[] = [];
  private bytes = 0;
  private affected = -1;
  private cut: PortalEnd['cut'] = '';
  private resolve: (end: PortalEnd) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  constructor(order: PortalOrder) {
    this.order = order;
    this.maxBytes = order.maxBytes;
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: Connection): void {
    const { sql, values, maxRows, check } = this.order;
    connection.parse({ name: '', text: sql, types: [] }, true);
    if (check) connection.describe({ type: 'S', name: '' }, true);
    else {
      connection.bind({ values: [...values] }, true);
      connection.describe({ type: 'P', name: '' }, true);
      connection.execute({ portal: '', rows: String(maxRows + 1) }, true);
    }
    connection.sync();
  }

  handleRowDescription({ fields }: { readonly fields: readonly Column[] }): void {
    for (const { name, dataTypeID } of fields) {
      if (dataTypeID === BYTEA) this.binary.push(this.columns.length);
      this.columns.push(name);
      this.readers.push(readerOf(dataTypeID));
    }
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.cut !== '') return;
    for (let at = 0; at < fields.length; at++) {
      const length = Buffer.byteLength(fields[at] ?? '');
      // Bytes come as two digits each, and go on as base64.
      this.bytes += (this.binary.includes(at) ? (length * 2) / 3 : length) + 3;
    }
    if (this.bytes > this.order.maxBytes) this.overflow();
    else if (this.rows.length >= this.order.maxRows) this.cut = 'rows';
    else {
      const read = (field: string | null, at: number): Json =>
        field === null ? null : (this.readers[at]?.(field) ?? field);
      this.rows.push(fields.map(read));
    }
  }

  /** More rows than were asked for; the `sync` that was sent ends the portal. */
  handlePortalSuspended(): void {
    this.cut = 'rows';
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const [, count] = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/.exec(text) ?? [];
    if (count !== undefined) this.affected = Number(count);
  }

  handleEmptyQuery(): void {
    this.affected = 0;
  }

  handleCopyInResponse(): void {
    this.reject(new Error('COPY is no query'));
  }

  handleCopyData(): void {
    this.overflow();
  }

  handleError(error: Error): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.end(true);
  }

  /** A single row may be larger than all of them may be, and is heard of before it is whole. */
  overflow(): void {
    this.cut = 'bytes';
    this.end(false);
  }

  private end(isClean: boolean): void {
    const { columns, rows, binary, affected, cut } = this;
    this.resolve({ columns, rows, binary, affected, cut, isClean });
  }
}
