/** `drawbridge secrets`: the vault in the state folder, beside a gateway that may be running. */
import { VaultError, isSecretName, type SecretInfo, type Vault } from '../../secrets/index.ts';
import { StoreError } from '../../store/index.ts';
import type { CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { askForSecret } from '../questions.ts';
import { Unrecorded, type Change, type RecordedChanges } from '../recorded-changes.ts';
import { readSecretText } from '../secret-input.ts';
import { withVault } from '../secret-source.ts';
import { findState } from '../state-place.ts';
import { table } from '../table.ts';
import { whoIsHere } from '../who-is-here.ts';
import { changesAt, failUnrecorded } from '../with-store.ts';

/** Exit 0 when it is kept; its text comes from standard input, or from the person at the terminal. */
export async function runSet(out: Output, name: string, options: CommonOptions): Promise<ExitCode> {
  const text = process.stdin.isTTY ? await askForSecret(out, name) : await readSecretText();
  if (text === undefined) {
    return out.fail({
      exit: EXIT.usage,
      code: 'usage',
      message: 'there is no value on standard input',
      hint: `give it there, for example: drawbridge secrets set ${name} < file`,
    });
  }
  return withVaultOf(out, options, async (vault, changes) => {
    const info = await changes.make(secretChange(name), async () => {
      const set = await vault.set(name, text, whoIsHere());
      return { value: set, details: { version: set.version } };
    });
    out.result({ ok: true, ...shown(info) });
    out.line(
      `The secret ${name} is set (version ${info.version}). Use it in the configuration as secret:${name}`,
    );
    return EXIT.ok;
  });
}

/** A value that was given as an argument stands in the history of the shell and in process lists. */
export function refuseWords(out: Output): ExitCode {
  return out.fail({
    exit: EXIT.usage,
    code: 'usage',
    message: 'a secret is no argument: whoever sees the process list or the shell history sees it',
    hint: 'give it on standard input or when it is asked for, and change one that was typed here',
  });
}

export function runList(out: Output, options: CommonOptions): Promise<ExitCode> {
  return withVaultOf(out, options, async (vault) => {
    const all = await vault.list();
    out.result({ ok: true, secrets: all.map(shown) });
    if (all.length === 0) out.line('No secrets. Set one: drawbridge secrets set <name>');
    else {
      const cells = all.map(({ name, version, createdMs, createdBy }) => [
        name,
        String(version),
        new Date(createdMs).toISOString(),
        createdBy,
      ]);
      const rows = [['NAME', 'VERSION', 'SET', 'BY'], ...cells];
      const { isTTY, columns } = out.surroundings.stdout;
      for (const line of table(rows, isTTY === true ? columns : undefined)) out.line(line);
    }
    return EXIT.ok;
  });
}

export function runRemove(out: Output, name: string, options: CommonOptions): Promise<ExitCode> {
  return withVaultOf(out, options, async (vault, changes) => {
    const wasThere = await changes.make(secretChange(name), async () => {
      const value = await vault.remove(name);
      return { value, outcome: value ? 'done' : 'refused', details: { removed: value } };
    });
    if (!wasThere) {
      return out.fail({
        exit: EXIT.problem,
        code: 'secret_unknown',
        message: 'there is no secret of this name',
        hint: 'drawbridge secrets list shows what there is',
      });
    }
    out.result({ ok: true, name });
    out.line(`The secret ${name} is removed.`);
    return EXIT.ok;
  });
}

export function runRotateKey(out: Output, options: CommonOptions): Promise<ExitCode> {
  return withVaultOf(out, options, async (vault, changes) => {
    const change = { action: 'secrets.write', thing: 'key of the vault' };
    const { resealed, remark } = await changes.make(change, async () => {
      const value = await vault.rotateKey();
      return { value, details: { resealed: value.resealed } };
    });
    out.result({ ok: true, resealed, remark });
    out.line(
      `${resealed === 1 ? 'One secret is' : `${resealed} secrets are`} sealed with the new key.`,
    );
    if (remark !== '') out.line(remark);
    return EXIT.ok;
  });
}

/** What is no name may be a secret that was typed in the wrong place. */
function secretChange(name: string): Change {
  const thing = isSecretName(name) ? `secret ${name}` : 'secret with a name that is none';
  return { action: 'secrets.write', thing };
}

async function withVaultOf(
  out: Output,
  options: CommonOptions,
  work: (vault: Vault, changes: RecordedChanges) => Promise<ExitCode>,
): Promise<ExitCode> {
  const place = await findState(out, options, false);
  if (typeof place === 'number') return place;
  const { stateDir, directory, secrets: config, recordFile } = place;
  const { env } = out.surroundings;
  try {
    return await withVault({ stateDir, directory, config, env }, (vault) =>
      work(vault, changesAt(out, recordFile)),
    );
  } catch (error) {
    if (error instanceof Unrecorded) return failUnrecorded(out, error);
    if (!(error instanceof VaultError) && !(error instanceof StoreError)) throw error;
    const code = error instanceof VaultError ? `vault_${error.fault}` : 'store_unusable';
    return out.fail({ exit: EXIT.problem, code, message: error.message });
  }
}

function shown({ name, version, createdMs, createdBy }: SecretInfo): Record<string, unknown> {
  return { name, version, created: new Date(createdMs).toISOString(), createdBy };
}
