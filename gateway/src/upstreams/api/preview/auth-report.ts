/** Which credentials an API wants, and which of its operations want them. */
import type { ApiIndex, AuthNeed, Operation } from '../model.ts';
import type { AuthReport, NeedUse, SchemeUse } from './report.ts';

const MAX_EXAMPLES = 5;

/** @param isConfigured whether a credential is configured for the scheme of this name */
export function reportAuth(
  { operations, schemes }: ApiIndex,
  isConfigured: (scheme: string) => boolean,
): AuthReport {
  const known = new Map(schemes.map((scheme) => [scheme.name, scheme]));
  const used = usesOf(operations);
  const names = [...new Set([...known.keys(), ...used.keys()])];
  const all = names.map((scheme): SchemeUse => {
    const found = known.get(scheme);
    return {
      scheme,
      words: found?.words ?? 'not described in the document',
      kind: found?.kind ?? 'other',
      isConfigured: isConfigured(scheme),
      operations: used.get(scheme) ?? 0,
    };
  });
  return {
    schemes: all,
    needs: needsOf(operations),
    open: operations.filter(({ auth }) => isOpen(auth)).length,
  };
}

/** Whether an operation can be called without any credential. */
export function isOpen(need: AuthNeed): boolean {
  return need.length === 0 || need.some((slots) => slots.length === 0);
}

/** `a and b, or c`; '' where nothing is needed. */
export function needWords(need: AuthNeed): string {
  if (isOpen(need)) return '';
  const choices = need.map((slots) => slots.map(({ scheme }) => scheme).join(' and '));
  return [...new Set(choices)].join(' or ');
}

function usesOf(operations: readonly Operation[]): Map<string, number> {
  const used = new Map<string, number>();
  for (const { auth } of operations) {
    const schemes = new Set(auth.flat().map(({ scheme }) => scheme));
    for (const scheme of schemes) used.set(scheme, (used.get(scheme) ?? 0) + 1);
  }
  return used;
}

function needsOf(operations: readonly Operation[]): NeedUse[] {
  const byNeed = new Map<string, { operations: number; examples: string[]; auth: AuthNeed }>();
  for (const { auth, name } of operations) {
    const words = needWords(auth);
    if (words === '') continue;
    const found = byNeed.get(words) ?? { operations: 0, examples: [], auth };
    found.operations += 1;
    if (found.examples.length < MAX_EXAMPLES) found.examples.push(name);
    byNeed.set(words, found);
  }
  return [...byNeed]
    .map(([need, { auth, ...use }]) => {
      return { need, choices: auth.map((slots) => slots.map(({ scheme }) => scheme)), ...use };
    })
    .sort((a, b) => b.operations - a.operations);
}
