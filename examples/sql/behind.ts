/** A small library: an SQLite file with books, members and loans, made anew at every start. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
  create table books(
    id integer primary key, title text not null, author text not null,
    year integer not null, price numeric not null, copies integer not null check (copies > 0));
  create table members(id integer primary key, name text not null unique);
  create table loans(
    id integer primary key, book integer not null references books(id),
    member integer not null references members(id), due text not null, returned text,
    unique (book, member));
`;

const BOOKS = [
  ['The Time Machine', 'H. G. Wells', 1895, 9.5, 2],
  ['Frankenstein', 'Mary Shelley', 1818, 12.25, 1],
  ['The War of the Worlds', 'H. G. Wells', 1898, 11, 3],
  ['Twenty Thousand Leagues', 'Jules Verne', 1870, 14.75, 2],
  ['Around the World in Eighty Days', 'Jules Verne', 1872, 8.9, 1],
  ['The Last Man', 'Mary Shelley', 1826, 13, 1],
] as const;
const MEMBERS = ['Ada', 'Brook', 'Cleo'];

/** Makes the file; the configuration finds it by LIBRARY_DB. */
export async function start(): Promise<{ stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-library-'));
  const path = join(folder, 'library.db');
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const addBook = database.prepare(
    'insert into books(title, author, year, price, copies) values (?, ?, ?, ?, ?)',
  );
  for (const book of BOOKS) addBook.run(...book);
  const addMember = database.prepare('insert into members(name) values (?)');
  for (const name of MEMBERS) addMember.run(name);
  database.exec("insert into loans(book, member, due) values (2, 1, '2026-12-01')");
  database.close();
  process.env['LIBRARY_DB'] = `sqlite:${path}`;
  return { stop: async () => rmSync(folder, { recursive: true, force: true }) };
}
