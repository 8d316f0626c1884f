/** The operator's own secrets, sealed in the store. */
import type { Clock } from '../../kernel/index.ts';
import { keyIdIn, openText, rewrap, sealText } from './envelope.ts';
import { VaultError } from './errors.ts';
import type { KeyService, WrappingKeys } from './key-service.ts';
import type { SealedRow, SealedRowWriter, SealedRows } from './rows.ts';

/** What may be known of a secret by whoever may not know it. */
export type SecretInfo = Omit<SealedRow, 'sealed'>;

/** The text of a secret, or why it cannot be had: in words for the operator, without secrets. */
export type SecretText = { readonly text: string } | { readonly why: string };

export interface Rotation {
  /** How many secrets were sealed again. */
  readonly resealed: number;
  /** What is left for the operator to do; '' for nothing. */
  readonly remark: string;
}

export interface Vault {
  /**
   * Opens secrets by name. Never rejects for what the vault holds: what cannot be opened says why.
   */
  read(names: readonly string[]): Promise<ReadonlyMap<string, SecretText>>;
  /**
   * Keeps a secret, in a new version where there is one of this name.
   * @throws {VaultError} `invalid` for a name or text that cannot be kept, `locked`
   */
  set(name: string, text: string, createdBy: string): Promise<SecretInfo>;
  list(): Promise<readonly SecretInfo[]>;
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>;
  /**
   * Seals all data keys with a new key; the old one is kept until that is done. Where it was broken
   * off it is gone on with the next time.
   * @throws {VaultError} `locked`, or `corrupt` where a secret cannot be opened; then nothing is lost
   */
  rotateKey(): Promise<Rotation>;
}

const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Whether a secret may be called so. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

const MAX_TEXT_BYTES = 64 * 1024;
const MAX_SECRETS = 10_000;

export function createVault(rows: SealedRows, keys: KeyService, clock: Clock): Vault {
  return {
    read: (names) => read(rows, keys, names),
    set: (name, text, createdBy) => {
      const fault = faultOf(name, text);
      if (fault !== '') return Promise.reject(new VaultError('invalid', fault));
      return rows.change((writer) =>
        set(writer, keys, { name, text, createdBy, createdMs: clock.nowMs() }),
      );
    },
    list: async () => (await rows.all()).map(infoOf),
    remove: (name) => rows.change((writer) => writer.remove(name)),
    rotateKey: () => rotateKey(rows, keys),
  };
}

async function read(
  rows: SealedRows,
  keys: KeyService,
  names: readonly string[],
): Promise<ReadonlyMap<string, SecretText>> {
  // The newest version comes last.
  const byName = new Map((await rows.all()).map((row) => [row.name, row]));
  const texts = new Map<string, SecretText>();
  let opened: WrappingKeys | VaultError | undefined;
  for (const name of new Set(names)) {
    const row = byName.get(name);
    if (row === undefined) {
      texts.set(name, { why: 'there is no secret of this name' });
      continue;
    }
    opened ??= await orFault(keys.open(false));
    const text =
      opened instanceof VaultError ? opened : await orFault(openText(opened, row, row.sealed));
    texts.set(name, text instanceof VaultError ? { why: clause(text.message) } : { text });
  }
  return texts;
}

async function orFault<T>(work: Promise<T>): Promise<T | VaultError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
}

interface NewSecret {
  readonly name: string;
  readonly text: string;
  readonly createdBy: string;
  readonly createdMs: number;
}

/** The keys are read while nobody else writes, so that no rotation takes the one away that is used. */
async function set(
  writer: SealedRowWriter,
  keys: KeyService,
  { name, text, createdBy, createdMs }: NewSecret,
): Promise<SecretInfo> {
  const all = await writer.all();
  const versions = all.filter((row) => row.name === name).map((row) => row.version);
  if (versions.length === 0 && all.length >= MAX_SECRETS) {
    throw new VaultError('invalid', `There are ${MAX_SECRETS} secrets already; remove some.`);
  }
  const version = Math.max(0, ...versions) + 1;
  const wrapping = await keys.open(all.length === 0);
  const sealed = await sealText(wrapping, { name, version }, text);
  const row = { name, version, sealed, createdMs, createdBy };
  await writer.put(row);
  return infoOf(row);
}

async function rotateKey(rows: SealedRows, keys: KeyService): Promise<Rotation> {
  const resealed = await rows.change(async (writer) => {
    const all = await writer.all();
    const sealedWith = new Set<string>();
    for (const row of all) sealedWith.add(await naming(row, Promise.try(keyIdIn, row.sealed)));
    if (all.length === 0) await keys.open(true);
    const wrapping = await keys.beginRotation(sealedWith);
    let count = 0;
    for (const row of all) {
      const sealed = await naming(row, rewrap(wrapping, row, row.sealed));
      if (sealed === undefined) continue;
      await writer.reseal(row.name, row.version, sealed);
      count++;
    }
    return count;
  });
  // Only now is it certain that what was sealed again will last.
  const remark = await rows.change(async (writer) => {
    const { newest } = await keys.open(false);
    const all = await writer.all();
    if (all.some((row) => keyIdIn(row.sealed) !== newest)) {
      throw new VaultError('locked', 'The keys were changed meanwhile; run this again.');
    }
    return await keys.endRotation();
  });
  return { resealed, remark };
}

async function naming<T>(row: SealedRow, work: Promise<T>): Promise<T> {
  const done = await orFault(work);
  if (!(done instanceof VaultError)) return done;
  throw new VaultError(
    done.fault,
    `The secret "${row.name}" cannot be opened, so the old keys are kept: ${done.message}`,
  );
}

function infoOf({ name, version, createdMs, createdBy }: SealedRow): SecretInfo {
  return { name, version, createdMs, createdBy };
}

function faultOf(name: string, text: string): string {
  if (!isSecretName(name)) {
    return 'A name has letters, digits, ".", "_" and "-", begins with a letter or digit, and has at most 128 characters.';
  }
  if (text === '') return 'A secret must not be empty.';
  if (!text.isWellFormed() || text.includes('\0')) return 'A secret must be UTF-8 text.';
  return Buffer.byteLength(text) > MAX_TEXT_BYTES
    ? `A secret has at most ${MAX_TEXT_BYTES} bytes.`
    : '';
}

/** A sentence as part of another. */
function clause(message: string): string {
  const end = message.endsWith('.') ? message.slice(0, -1) : message;
  return end.startsWith('The ') ? `t${end.slice(1)}` : end;
}
