import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import type { KeyService } from './key-service.ts';
import { environmentKeys, fileKeys } from './local-keys.ts';
import type { SealedRow, SealedRows } from './rows.ts';
import { createVault } from './vault.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vault-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Rows in memory with the promise of a transaction: all or nothing, one at a time. */
class Rows implements SealedRows {
  rows: SealedRow[] = [];
  private last: Promise<unknown> = Promise.resolve();

  all(): Promise<readonly SealedRow[]> {
    return Promise.resolve(this.rows);
  }

  change: SealedRows['change'] = (work) => {
    const run = async () => {
      let draft = [...this.rows];
      const done = await work({
        all: () => Promise.resolve(draft),
        put: async (row) => {
          draft = [...draft.filter(({ name }) => name !== row.name), row];
        },
        reseal: async (name, version, sealed) => {
          draft = draft.map((row) =>
            row.name === name && row.version === version ? { ...row, sealed } : row,
          );
        },
        remove: async (name) => {
          const { length } = draft;
          draft = draft.filter((row) => row.name !== name);
          return draft.length < length;
        },
      });
      this.rows = draft;
      return done;
    };
    const result = this.last.then(run, run);
    this.last = result.catch(() => undefined);
    return result;
  };
}

const clock = new ManualClock(1_700_000_000_000);
const vaultOn = (rows: Rows, keys: KeyService = fileKeys(join(dir, 'vault.key'), true)) =>
  createVault(rows, keys, clock);
const textOf = async (rows: Rows, name: string, keys?: KeyService) => {
  const read = (await vaultOn(rows, keys).read([name])).get(name);
  return read !== undefined && 'text' in read ? read.text : (read?.why ?? 'nothing');
};

describe('the vault', () => {
  test('opens what it keeps, whatever the text; the store shows nothing of it', async () => {
    const rows = new Rows();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
        async (text) => {
          fc.pre(text.isWellFormed() && !text.includes('\0'));
          await vaultOn(rows).set('name', text, 'me');
          expect(await textOf(rows, 'name')).toBe(text);
          const shown = text.length > 8 && JSON.stringify(rows.rows).includes(text);
          expect(shown).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('counts versions, keeps the newest, and lists without values', async () => {
    const rows = new Rows();
    const vault = vaultOn(rows);
    await vault.set('crm', 'first value', 'alice');
    const info = await vault.set('crm', 'second value', 'bob');
    expect(info).toEqual({ name: 'crm', version: 2, createdMs: clock.nowMs(), createdBy: 'bob' });
    expect(await vault.list()).toEqual([info]);
    expect(await textOf(rows, 'crm')).toBe('second value');
    expect(await vault.remove('crm')).toBe(true);
    expect(await vault.remove('crm')).toBe(false);
    expect(await textOf(rows, 'crm')).toBe('there is no secret of this name');
  });

  test('makes its key on first use, for the owner only, and never a second one', async () => {
    const rows = new Rows();
    await Promise.all(['a', 'b', 'c'].map((name) => vaultOn(rows).set(name, `text ${name}`, 'me')));
    expect(await readdir(dir)).toEqual(['vault.key']);
    expect((await stat(join(dir, 'vault.key'))).mode & 0o777).toBe(0o600);
    await rm(join(dir, 'vault.key'));
    expect(await textOf(rows, 'a')).toMatch(/vault\.key is gone/);
    await expect(vaultOn(rows).set('d', 'x', 'me')).rejects.toThrow(/is gone/);
    expect(await readdir(dir)).toEqual([]);
  });

  test('reading never makes a key', async () => {
    await vaultOn(new Rows()).read(['a']);
    expect(await readdir(dir)).toEqual([]);
  });

  test('a row does not open in the place of another, in another version, or changed', async () => {
    const rows = new Rows();
    const vault = vaultOn(rows);
    await vault.set('low', 'harmless', 'me');
    await vault.set('high', 'precious', 'me');
    const [low, high] = rows.rows;
    const put = async (row: SealedRow) => {
      rows.rows = [row];
      return await textOf(rows, row.name);
    };
    expect(await put({ ...low!, sealed: high!.sealed })).toMatch(/not what was sealed/);
    expect(await put({ ...high!, version: 2 })).toMatch(/not what was sealed/);
    for (let at = 0; at < high!.sealed.length; at += 3) {
      const other = high!.sealed[at] === 'A' ? 'B' : 'A';
      const sealed = high!.sealed.slice(0, at) + other + high!.sealed.slice(at + 1);
      const text = await put({ ...high!, sealed });
      expect(text).not.toBe('precious');
      expect(text).toMatch(/not what was sealed|does not hold the key/);
    }
    expect(await put(high!)).toBe('precious');
  });

  test.each([
    ['', 'x'],
    ['../x', 'x'],
    ['a b', 'x'],
    ['a'.repeat(129), 'x'],
    ['good', ''],
    ['good', 'nul\0'],
    ['good', '\ud800'],
    ['good', 'x'.repeat(65_537)],
  ])('refuses %j and what cannot be kept', async (name, text) => {
    const rows = new Rows();
    await expect(vaultOn(rows).set(name, text, 'me')).rejects.toMatchObject({ fault: 'invalid' });
    expect(rows.rows).toEqual([]);
  });
});

describe('exchanging the key', () => {
  test('of a vault that never held anything makes one', async () => {
    const rows = new Rows();
    expect(await vaultOn(rows).rotateKey()).toEqual({ resealed: 0, remark: '' });
    await vaultOn(rows).set('a', 'text of a', 'me');
    expect(await textOf(rows, 'a')).toBe('text of a');
  });

  test('seals everything again and keeps only the new key', async () => {
    const rows = new Rows();
    const vault = vaultOn(rows);
    for (const name of ['a', 'b', 'c']) await vault.set(name, `text of ${name}`, 'me');
    const before = await readFile(join(dir, 'vault.key'), 'utf8');
    expect(await vault.rotateKey()).toEqual({ resealed: 3, remark: '' });
    const after = await readFile(join(dir, 'vault.key'), 'utf8');
    expect(after.trim().split('\n')).toHaveLength(1);
    expect(after).not.toBe(before);
    expect(await textOf(rows, 'b')).toBe('text of b');
    await writeFile(join(dir, 'vault.key'), before);
    expect(await textOf(rows, 'b')).toMatch(/does not hold the key/);
  });

  test.each([1, 2, 3])(
    'broken off at step %d it loses nothing and is gone on with',
    async (step) => {
      const rows = new Rows();
      await vaultOn(rows).set('a', 'text of a', 'me');
      const real = fileKeys(join(dir, 'vault.key'), true);
      const crash = () => Promise.reject(new Error('power cut'));
      const keys: KeyService = {
        open: (mayCreate) => real.open(mayCreate),
        beginRotation: async (sealedWith) => {
          const found = await real.beginRotation(sealedWith);
          return step === 1 ? await crash() : step === 2 ? { ...found, wrap: crash } : found;
        },
        endRotation: crash,
      };
      await expect(vaultOn(rows, keys).rotateKey()).rejects.toThrow('power cut');
      expect(await textOf(rows, 'a')).toBe('text of a');
      const broken = await readFile(join(dir, 'vault.key'), 'utf8');
      expect(broken.trim().split('\n')).toHaveLength(2);
      await vaultOn(rows).rotateKey();
      expect(await readFile(join(dir, 'vault.key'), 'utf8')).toBe(`${broken.split('\n')[0]}\n`);
      expect(await textOf(rows, 'a')).toBe('text of a');
    },
  );

  test('a secret that cannot be opened keeps the old key', async () => {
    const rows = new Rows();
    await vaultOn(rows).set('a', 'text of a', 'me');
    const good = rows.rows[0]!;
    rows.rows = [good, { ...good, name: 'b' }];
    await expect(vaultOn(rows).rotateKey()).rejects.toThrow(/"b" cannot be opened/);
    expect(await textOf(rows, 'a')).toBe('text of a');
  });

  test('what is set meanwhile is sealed with a key that stays', async () => {
    const rows = new Rows();
    const vault = vaultOn(rows);
    await vault.set('a', 'text of a', 'me');
    await Promise.all([
      vault.rotateKey(),
      ...Array.from({ length: 5 }, (_, n) => vaultOn(rows).set(`n${n}`, `text ${n}`, 'me')),
    ]);
    for (let n = 0; n < 5; n++) expect(await textOf(rows, `n${n}`)).toBe(`text ${n}`);
  });
});

describe('keys of the operator', () => {
  const word = () => randomBytes(32).toString('base64');

  test('in a variable: the first seals, all open, and rotation says what is left to do', async () => {
    const [old, fresh] = [word(), word()];
    const rows = new Rows();
    await vaultOn(rows, environmentKeys('K', old)).set('a', 'text of a', 'me');
    await expect(vaultOn(rows, environmentKeys('K', old)).rotateKey()).rejects.toThrow(/in front/);
    const both = environmentKeys('K', `${fresh},${old}`);
    expect(await vaultOn(rows, both).rotateKey()).toMatchObject({ resealed: 1 });
    expect((await vaultOn(rows, both).rotateKey()).remark).toMatch(/take them out/);
    expect(await textOf(rows, 'a', environmentKeys('K', fresh))).toBe('text of a');
    expect(await textOf(rows, 'a', environmentKeys('K', old))).toMatch(/does not hold the key/);
  });

  test.each([
    [undefined, /is not set/],
    ['', /is not set/],
    ['short', /Key 1 .* is not 32 bytes/],
    [`${'A'.repeat(43)}=, shortone`, /Key 2 .* is not 32 bytes/],
  ])('a variable that holds %j locks', async (value, why) => {
    const rows = new Rows();
    const keys = environmentKeys('K', value);
    await expect(vaultOn(rows, keys).set('a', 'x', 'me')).rejects.toThrow(why);
    await expect(vaultOn(rows, keys).set('a', 'x', 'me')).rejects.not.toThrow('shortone');
  });

  test('in a file: it has to be there already; a link is followed', async () => {
    const path = join(dir, 'mounted.key');
    const rows = new Rows();
    await expect(vaultOn(rows, fileKeys(path, false)).set('a', 'x', 'me')).rejects.toThrow(
      /does not exist. Make it/,
    );
    await writeFile(path, `${word()}\n`, { mode: 0o600 });
    await symlink(path, join(dir, 'link.key'));
    await vaultOn(rows, fileKeys(join(dir, 'link.key'), false)).set('a', 'text', 'me');
    expect(await textOf(rows, 'a', fileKeys(path, false))).toBe('text');
  });

  test.each([0o640, 0o604, 0o660, 0o601])('a file of mode %o locks', async (mode) => {
    const path = join(dir, 'vault.key');
    await writeFile(path, `${word()}\n`);
    await chmod(path, mode);
    await expect(vaultOn(new Rows()).set('a', 'x', 'me')).rejects.toThrow(`chmod 600 ${path}`);
  });
});
