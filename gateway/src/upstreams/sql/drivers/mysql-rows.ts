/** Rows of one prepared statement of MySQL, up to the limits of an answer. */
import type { FieldPacket, PoolConnection } from 'mysql2';
import { parseExact, type Json } from '../../../kernel/index.ts';
import type { Ran } from './database.ts';
import { numberOf } from './numbers.ts';

export interface RowOrder {
  readonly sql: string;
  readonly values: readonly (string | number | Buffer | null)[];
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Types of columns by number (field_types.h). */
const NUMBERS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 8, 9, 13, 246]);
const JSON_TYPE = 245;

/** `isClean` is false where the connection was left in the middle of an answer. */
export function collectRows(
  connection: PoolConnection,
  { sql, values, maxRows, maxBytes }: RowOrder,
): Promise<Ran & { readonly isClean: boolean }> {
  return new Promise((resolve, reject) => {
    let columns: readonly FieldPacket[] = [];
    const rows: Json[][] = [];
    let affected = -1;
    let bytes = 0;
    const binary = new Set<number>();
    const end = (cut: Ran['cut'], isClean: boolean): void =>
      resolve({
        kind: 'rows',
        columns: columns.map(({ name }) => name),
        rows,
        binary: [...binary],
        affected,
        cut,
        isClean,
      });
    const running = connection.execute({ sql, values: [...values], rowsAsArray: true });
    running.on('fields', (fields: readonly FieldPacket[] | undefined) => {
      columns = fields ?? [];
    });
    running.on('result', (row: unknown) => {
      if (!Array.isArray(row)) {
        affected = affectedBy(row);
        return;
      }
      const made = row.map((value: unknown, at) => {
        if (value instanceof Uint8Array) binary.add(at);
        return jsonOf(value, columns[at]?.columnType ?? 253);
      });
      bytes += row.reduce((sum: number, value: unknown) => sum + sizeOf(value), 0);
      if (bytes > maxBytes) end('bytes', false);
      else if (rows.length >= maxRows) end('rows', false);
      else rows.push(made);
    });
    running.on('end', () => end('', true));
    running.on('error', reject);
  });
}

function affectedBy(header: unknown): number {
  if (typeof header !== 'object' || header === null) return -1;
  return 'affectedRows' in header ? Number(header.affectedRows) : -1;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 3;
  return value instanceof Uint8Array ? value.length : 9;
}

function jsonOf(value: unknown, type: number): Json {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (NUMBERS.has(type)) return numberOf(text);
  return type === JSON_TYPE ? parseExact(text) : text;
}
