/** Compares two imports of one API by the keys of their operations. */
import type { Effects, Operation } from '../../model.ts';
import { isOpen, needWords } from '../auth-report.ts';
import type { PreviewSubject } from '../report.ts';
import { hostOf, schemeChanges, serverChanges } from './api-changes.ts';
import { change, type Change, type ChangeKind, type DiffReport } from './change.ts';
import { inputChanges } from './inputs.ts';

/** Operations whose inputs are compared; each is compiled on both sides. */
const MAX_COMPARED = 3000;
/** The more there is to lose, the higher. */
const DANGER: Readonly<Record<Effects['effect'], number>> = {
  read: 0,
  write: 1,
  unknown: 2,
  destroy: 3,
};

/**
 * @param before what callers have now
 * @param maxCompared operations whose inputs are compared at most
 */
export function diffApis(
  before: PreviewSubject,
  after: PreviewSubject,
  maxCompared = MAX_COMPARED,
): DiffReport {
  const old = new Map(before.index.operations.map((operation) => [operation.key, operation]));
  const now = new Map(after.index.operations.map((operation) => [operation.key, operation]));
  const both = after.index.operations.filter(({ key }) => old.has(key));
  const compared = both.slice(0, maxCompared);
  const changes: Change[] = [
    ...serverChanges(before.index, after.index),
    ...schemeChanges(before.index, after.index),
    ...comings(
      before.index.operations.filter(({ key }) => !now.has(key)),
      after.index.operations.filter(({ key }) => !old.has(key)),
    ),
  ];
  for (const operation of both) {
    const was = old.get(operation.key);
    if (was !== undefined) changes.push(...headChanges(was, operation));
  }
  for (const { key, name } of compared) changes.push(...planChanges(before, after, key, name));
  return {
    changes,
    counts: countsOf(changes),
    risky: changes.filter(({ isRisky }) => isRisky).length,
    compared: compared.length,
    notCompared: both.length - compared.length,
  };
}

/** An operation that went from one place to another under its name is one that moved. */
function comings(gone: readonly Operation[], come: readonly Operation[]): Change[] {
  const byName = new Map(gone.map((operation) => [operation.name, operation]));
  const moved = new Set<string>();
  const changes: Change[] = [];
  for (const operation of come) {
    const was = byName.get(operation.name);
    if (was === undefined) {
      const text = `${place(operation)}: ${operation.summary}`;
      changes.push(change('added', operation.name, text));
      continue;
    }
    moved.add(was.name);
    const text = `It was ${place(was)} and is ${place(operation)}.`;
    changes.push(change('moved', operation.name, text), ...headChanges(was, operation));
  }
  const lost = gone.filter(({ name }) => !moved.has(name));
  return [...lost.map((one) => change('removed', one.name, `${place(one)} is gone.`)), ...changes];
}

function headChanges(was: Operation, is: Operation): Change[] {
  const changes: Change[] = [];
  const { name } = is;
  if (was.name !== name) {
    const answers = is.aliases.includes(was.name);
    const text = `It was called ${was.name}${answers ? ', which still calls it' : ''}.`;
    changes.push(change('renamed', name, text));
  } else if (is.aliases.some((alias) => !was.aliases.includes(alias))) {
    const text = `It is called ${is.aliases.join(', ')} in the document now; ${name} stays.`;
    changes.push(change('renamed', name, text));
  }
  if (was.effects.effect !== is.effects.effect) {
    const isRisky = DANGER[is.effects.effect] > DANGER[was.effects.effect];
    const text = `Its effect was "${was.effects.effect}" and is "${is.effects.effect}".`;
    changes.push(change('effect', name, text, isRisky));
  }
  return [...changes, ...authChanges(was, is)];
}

function authChanges(was: Operation, is: Operation): Change[] {
  const [before, after] = [needWords(was.auth), needWords(is.auth)];
  if (!isOpen(was.auth) && isOpen(is.auth)) {
    const text = `It needed ${before} and needs no credential any more.`;
    return [change('auth', is.name, text, true)];
  }
  if (before !== after) {
    const text = `It needed ${before || 'no credential'} and needs ${after}.`;
    return [change('auth', is.name, text)];
  }
  const [had, has] = [was, is].map(({ auth }) => scopesOf(auth));
  const more = [...(has ?? [])].filter((scope) => had?.has(scope) !== true);
  if (more.length === 0) return [];
  return [change('auth', is.name, `It needs further scopes: ${more.join(', ')}.`)];
}

function scopesOf(auth: Operation['auth']): ReadonlySet<string> {
  return new Set(auth.flat().flatMap(({ scopes }) => scopes));
}

function planChanges(
  before: PreviewSubject,
  after: PreviewSubject,
  key: string,
  name: string,
): Change[] {
  const [was, is] = [before.plan(key), after.plan(key)];
  if (typeof is === 'string') {
    const text = `It can no longer be called: ${is}`;
    return typeof was === 'string' ? [] : [change('removed', name, text)];
  }
  if (typeof was === 'string') return [change('added', name, 'It can be called now.')];
  const changes = inputChanges(was, is).map(({ text, isRisky }) =>
    change('input', name, text, isRisky),
  );
  const [from, to] = [before.serverOf(was), after.serverOf(is)];
  if (hostOf(from) === hostOf(to)) return changes;
  const text = `It is sent to ${hostOf(to) || "the API's own server"} instead of ${hostOf(from) || "the API's own server"}.`;
  return [change('server', name, text, true), ...changes];
}

function place({ verb, place: where }: Operation): string {
  return `${verb} ${where}`;
}

function countsOf(changes: readonly Change[]): Readonly<Record<ChangeKind, number>> {
  const counts: Record<ChangeKind, number> = {
    added: 0,
    removed: 0,
    renamed: 0,
    moved: 0,
    input: 0,
    effect: 0,
    auth: 0,
    server: 0,
  };
  for (const { kind } of changes) counts[kind] += 1;
  return counts;
}
