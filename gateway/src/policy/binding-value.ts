/** Values of bindings: JSON in which an object `{ from: principal.<fact> }` stands for who calls. */
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  stringifyExact,
  type Json,
  type Principal,
} from '../kernel/index.ts';

const FACTS = ['id', 'kind', 'user', 'agent', 'team', 'groups', 'scopes'] as const;
const CLAIM = 'claims.';

/** A value as it is for one caller. */
export interface BindingValue {
  /** It is not the same for everybody. */
  readonly isPersonal: boolean;
  /** The facts it is made of, as they were written. */
  readonly facts: readonly string[];
  /** JSON text; undefined where this caller lacks what it is made of. */
  textFor(principal: Principal): string | undefined;
}

/** What is wrong with the facts that a value names; undefined where nothing is. */
export function factProblem(value: Json): string | undefined {
  for (const fact of factsIn(value)) {
    const name = fact.replace(/^principal\./, '');
    if (name === fact)
      return `"from" must name a fact of the principal, for example principal.user`;
    const isClaim = name.startsWith(CLAIM) && !name.slice(CLAIM.length).split('.').includes('');
    if (!isClaim && !FACTS.some((each) => each === name)) {
      return `"${fact}" is no fact; there are ${FACTS.map((each) => `principal.${each}`).join(', ')} and principal.claims.<name>`;
    }
  }
  return undefined;
}

/** @param value checked by `factProblem` */
export function bindingValue(value: Json): BindingValue {
  const facts = factsIn(value);
  if (facts.length === 0) {
    const text = stringifyExact(value);
    return { isPersonal: false, facts, textFor: () => text };
  }
  return {
    isPersonal: true,
    facts,
    textFor: (principal) => {
      const filled = fill(value, principal);
      return filled === undefined ? undefined : stringifyExact(filled);
    },
  };
}

/** An object with the one member `from` whose value is a text. */
function factOf(value: Json): string | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const from = ownMember(value, 'from');
  return typeof from === 'string' ? from : undefined;
}

function factsIn(value: Json): string[] {
  const fact = factOf(value);
  if (fact !== undefined) return [fact];
  if (isJsonArray(value)) return value.flatMap(factsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(factsIn) : [];
}

function fill(value: Json, principal: Principal): Json | undefined {
  const fact = factOf(value);
  if (fact !== undefined) return factFor(fact, principal);
  if (isJsonArray(value)) {
    const filled = value.map((each) => fill(each, principal));
    return filled.every((each) => each !== undefined) ? filled : undefined;
  }
  if (!isJsonObject(value)) return value;
  const members: [string, Json][] = [];
  for (const [key, each] of Object.entries(value)) {
    const filled = fill(each, principal);
    if (filled === undefined) return undefined;
    members.push([key, filled]);
  }
  return Object.fromEntries(members);
}

/** What is empty says nothing, and would often be taken for "all". */
function factFor(fact: string, principal: Principal): Json | undefined {
  const name = fact.replace(/^principal\./, '');
  const known = FACTS.find((each) => each === name);
  const value =
    known === undefined ? claimFor(name.slice(CLAIM.length), principal) : principal[known];
  if (value === undefined || value === null || value === '') return undefined;
  return isJsonArray(value) && value.length === 0 ? undefined : value;
}

/** A claim by its whole name, or by names of members with dots between them. */
function claimFor(name: string, { claims }: Principal): Json | undefined {
  const whole = ownMember(claims, name);
  if (whole !== undefined) return whole;
  let at: Json | undefined = claims;
  for (const key of name.split('.')) {
    at = isJsonObject(at) ? ownMember(at, key) : undefined;
  }
  return at;
}
