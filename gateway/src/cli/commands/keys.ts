/** `drawbridge keys`: API keys in the state folder, beside a gateway that may be running. */
import { agentOfKey, isLocalMode, keyState, newKey, successorOf } from '../../identity/index.ts';
import { systemClock } from '../../kernel/index.ts';
import type { ApiKey, ApiKeys } from '../../store/index.ts';
import type { CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { timeText } from '../key-times.ts';
import type { Output } from '../output.ts';
import type { Change, RecordedChanges } from '../recorded-changes.ts';
import { load } from '../session.ts';
import { table } from '../table.ts';
import { withStore } from '../with-store.ts';

export type KeyOptions = CommonOptions;

export interface CreateOptions extends KeyOptions {
  readonly name: string;
  readonly user?: string;
  readonly agent?: string;
  readonly team?: string;
  readonly group?: readonly string[];
  readonly scope?: readonly string[];
  /** Milliseconds. */
  readonly expires?: number;
}

export interface RotateOptions extends KeyOptions {
  /** Milliseconds. */
  readonly overlap?: number;
  /** Milliseconds. */
  readonly expires?: number;
}

export interface ExpireOptions extends KeyOptions {
  /** Milliseconds. */
  readonly in?: number;
}

const OVERLAP_MS = 3_600_000;

/** Exit 0 with the key on standard output, and nothing else there. */
export function runCreate(out: Output, options: CreateOptions): Promise<ExitCode> {
  return withKeys(out, options, async (keys, changes) => {
    const nowMs = systemClock.nowMs();
    const { name, user, agent, team, group, scope, expires } = options;
    const expiresMs = expires === undefined ? undefined : nowMs + expires;
    const wish = { name, user, agent, team, groups: group, scopes: scope, expiresMs };
    const { key, text } = newKey(wish, nowMs);
    const change = keyChange(key.id, { before: null, after: shown(key, nowMs) });
    await changes.make(change, async () => ({ value: await keys.insert(key) }));
    show(out, key, text);
    await remindOfMode(out, options);
    return EXIT.ok;
  });
}

export function runList(out: Output, options: KeyOptions): Promise<ExitCode> {
  return withKeys(out, options, async (keys) => {
    const nowMs = systemClock.nowMs();
    const all = await keys.list();
    out.result({ ok: true, keys: all.map((key) => shown(key, nowMs)) });
    if (all.length === 0) out.line('No keys. Make one: drawbridge keys create --name <name>');
    else showTable(out, all, nowMs);
    return EXIT.ok;
  });
}

/** Exit 1 for a key that is not good any more, or has a successor already. */
export function runRotate(out: Output, id: string, options: RotateOptions): Promise<ExitCode> {
  return withKey(out, id, options, async (keys, old, changes) => {
    const nowMs = systemClock.nowMs();
    const { overlap: overlapMs = OVERLAP_MS, expires } = options;
    const expiresMs = expires === undefined ? undefined : nowMs + expires;
    const made = successorOf(old, { overlapMs, expiresMs }, nowMs);
    if (typeof made === 'string') {
      return out.fail({
        exit: EXIT.problem,
        code: 'key_not_good',
        message: `the key ${id} is ${made}`,
        hint: 'make a new one: drawbridge keys create',
      });
    }
    const { key, text, oldEndsMs } = made;
    const oldEnds = new Date(oldEndsMs).toISOString();
    const after = { replacedBy: shown(key, nowMs), oldEnds };
    await changes.make(keyChange(id, { before: shown(old, nowMs), after }), async () => ({
      value: await keys.replace(id, oldEndsMs, key),
    }));
    show(out, key, text, { replaces: id, oldEnds });
    if (!out.json) out.note(`The old key ${id} is good until ${timeText(oldEndsMs)}.`);
    return EXIT.ok;
  });
}

export function runExpire(out: Output, id: string, options: ExpireOptions): Promise<ExitCode> {
  return withKey(out, id, options, async (keys, old, changes) => {
    const nowMs = systemClock.nowMs();
    const atMs = nowMs + (options.in ?? 0);
    const after = shown({ ...old, expiresMs: atMs }, nowMs);
    await changes.make(keyChange(id, { before: shown(old, nowMs), after }), async () => ({
      value: await keys.expireAt(id, atMs),
    }));
    out.result({ ok: true, id, expires: new Date(atMs).toISOString() });
    out.line(`The key ${id} is good until ${timeText(atMs)}.`);
    return EXIT.ok;
  });
}

export function runRevoke(out: Output, id: string, options: KeyOptions): Promise<ExitCode> {
  return withKey(out, id, options, async (keys, key, changes) => {
    const nowMs = systemClock.nowMs();
    const atMs = key.revokedMs ?? nowMs;
    const after = shown({ ...key, revokedMs: atMs }, nowMs);
    await changes.make(keyChange(id, { before: shown(key, nowMs), after }), async () => ({
      value: await keys.revoke(id, atMs),
    }));
    out.result({ ok: true, id, revoked: new Date(atMs).toISOString() });
    out.line(`The key ${id} (${key.name}) is revoked.`);
    return EXIT.ok;
  });
}

function withKeys(
  out: Output,
  options: KeyOptions,
  work: (keys: ApiKeys, changes: RecordedChanges) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withStore(out, options, ({ apiKeys }, changes) => work(apiKeys, changes));
}

function keyChange(id: string, details: NonNullable<Change['details']>): Change {
  return { action: 'keys.write', thing: `key ${id}`, details };
}

function withKey(
  out: Output,
  id: string,
  options: KeyOptions,
  work: (keys: ApiKeys, key: ApiKey, changes: RecordedChanges) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withKeys(out, options, async (keys, changes) => {
    const key = await keys.find(id);
    if (key !== undefined) return work(keys, key, changes);
    const hint = 'drawbridge keys list shows their ids';
    return out.fail({
      exit: EXIT.problem,
      code: 'key_unknown',
      message: 'there is no key with this id',
      hint,
    });
  });
}

function show(out: Output, key: ApiKey, text: string, more: Record<string, string> = {}): void {
  out.result({ ok: true, key: text, ...shown(key, systemClock.nowMs()), ...more });
  out.line(text);
  if (!out.json) out.note(`This is the only time the key is shown. Its id is ${key.id}.`);
}

/** A key does nothing while the gateway does not ask for one. */
async function remindOfMode(out: Output, options: KeyOptions): Promise<void> {
  const loaded = await load(out, options);
  if (out.json || !loaded.ok || !isLocalMode(loaded.value.identity)) return;
  out.note('The configuration does not ask for keys yet. Add to it: identity: { keys: true }');
}

function shown(key: ApiKey, nowMs: number): Record<string, unknown> {
  const { id, name, user, team, groups, scopes, replacedBy, lastUsedDay } = key;
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    id,
    name,
    state: keyState(key, nowMs),
    user,
    agent: agentOfKey(key),
    team,
    groups,
    scopes,
    created: timeOf(key.createdMs),
    expires: timeOf(key.expiresMs),
    revoked: timeOf(key.revokedMs),
    replacedBy: replacedBy === '' ? null : replacedBy,
    lastUsed: lastUsedDay === '' ? null : lastUsedDay,
  };
}

function showTable(out: Output, all: readonly ApiKey[], nowMs: number): void {
  const rows = all.map((key) => [
    key.id,
    key.name,
    key.user,
    key.team,
    key.groups.join(', '),
    stateWords(key, nowMs),
    key.lastUsedDay === '' ? 'never' : key.lastUsedDay,
  ]);
  const { isTTY, columns } = out.surroundings.stdout;
  const head = ['ID', 'NAME', 'USER', 'TEAM', 'GROUPS', 'STATE', 'LAST USED'];
  const [title = '', ...lines] = table([head, ...rows], isTTY === true ? columns : undefined);
  out.line(out.outPaint.faint(title));
  for (const line of lines) out.line(line);
}

function stateWords(key: ApiKey, nowMs: number): string {
  const state = keyState(key, nowMs);
  if (state !== 'good' || key.expiresMs === undefined) return state;
  const successor = key.replacedBy === '' ? '' : `, then ${key.replacedBy}`;
  return `good until ${timeText(key.expiresMs)}${successor}`;
}
