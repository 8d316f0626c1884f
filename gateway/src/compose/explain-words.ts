/** Decisions in words that need no knowledge of the gateway. */
import type { DecisionRecord } from '../audit/index.ts';
import type { ItemId, Principal } from '../kernel/index.ts';
import type { Explained, Question } from './explain.ts';

/** What the record says of a decision, line by line. */
export function decisionWords(record: DecisionRecord, hasChanged: boolean | undefined): string[] {
  const { decision, time, endpoint, principal, considered } = record;
  const who = nameOf({ ...record, id: principal });
  const what = record.item || record.hidden || `"${record.asked}"`;
  const lines = [
    `Decision ${decision} of ${time.slice(0, 19).replace('T', ' ')} UTC`,
    `  who asked      ${who}${credentialWords(record.verifiedBy)}`,
    ...listLine('groups', record.groups, record.groupsLeft),
    ...listLine('scopes', record.scopes, 0),
    `  for what       ${what}${record.asked === '' || what === `"${record.asked}"` ? '' : `, as "${record.asked}"`}`,
    `  where          the endpoint ${endpoint}${record.via === '' ? '' : `, through its tool ${record.via}`}`,
    `  what came      ${outcomeWords(record)}`,
  ];
  if (considered.length > 0) lines.push(`  rules about it ${considered.map(quoted).join(', ')}`);
  for (const rule of record.failed) {
    lines.push(`  The condition of the rule "${rule}" could not be evaluated for this call.`);
  }
  return [...lines, ...changeWords(record, hasChanged)];
}

function changeWords({ rule }: DecisionRecord, hasChanged: boolean | undefined): string[] {
  if (rule === 'no such item') {
    return [
      '  No upstream of this endpoint offers such a thing under this name.',
      '  What to do: compare the name with what "drawbridge tools" lists for this endpoint.',
    ];
  }
  if (hasChanged === undefined) return ['What follows is what the rules say now.'];
  return [
    hasChanged
      ? 'THE RULES HAVE CHANGED SINCE. What follows is what they say now.'
      : 'The rules have not changed since.',
  ];
}

function outcomeWords({ decided, rule, hidden, reason, outcome }: DecisionRecord): string {
  if (decided === 'allow') {
    if (outcome !== 'refused') return `allowed by ${ruleWords(rule)}`;
    return `allowed by ${ruleWords(rule)}, but refused for another reason: ${reason}`;
  }
  if (rule === 'no such item') return 'refused: there is no such thing';
  const by = rule === 'default' ? 'since no rule allows it' : `by ${ruleWords(rule)}`;
  return hidden === ''
    ? `refused, ${by}`
    : `hidden from the caller ${by}, and so refused like a thing that does not exist`;
}

/** What the rules say of a call, line by line. */
export function explanationWords(question: Question, answer: Explained): string[] {
  const { principal, endpoint, item } = question;
  const width = Math.max(0, ...answer.considered.map(({ rule }) => Math.min(rule.length, 60)));
  const rules = answer.considered.map(
    ({ rule, effect, decided, says }) =>
      `${decided ? '>' : ' '} ${`"${rule}"`.padEnd(width + 2)}  ${EFFECTS[effect].padEnd(16)}  ${says}${decided ? '  <- this one decides' : ''}`,
  );
  return [
    `Who asks:   ${nameOf(principal)}${credentialWords(principal.verifiedBy)}`,
    ...factsOf(principal).map((fact) => `            ${fact}`),
    `For what:   ${itemWords(item)}, at the endpoint ${endpoint}`,
    `            labels: ${answer.labels.join(', ')}`,
    ...answer.bindings.map(
      ({ argument, says }) => `            the argument ${argument} ${says} at this endpoint`,
    ),
    rules.length === 0 ? 'No rule is about it.' : 'Rules about it:',
    ...rules,
    ...(answer.others > 0 ? [`  ${countOf(answer.others)} about other things.`] : []),
    '',
    ...answerWords(question, answer),
  ];
}

const EFFECTS = { allow: 'allows', deny: 'forbids', approve: 'asks a person' } as const;

function answerWords(question: Question, answer: Explained): string[] {
  const { outcome, isListed, rule, because, needsApproval } = answer;
  const away = reachWords(question, answer);
  if (away !== undefined) return away;
  if (!isListed || outcome === 'deny') return noWords(question, answer);
  if (outcome === 'depends') {
    return [
      'Answer: it depends. The caller sees it in the list; whether a call is allowed depends on its arguments, the time or the address.',
      question.args === undefined
        ? 'What to do: give the arguments with --args to see what comes of them.'
        : 'What to do: look at the conditions above.',
    ];
  }
  if (needsApproval) {
    const why = because === undefined ? [] : [`It says: ${because}`];
    return [`Answer: only after a person has said yes, by ${ruleWords(rule)}.`, ...why];
  }
  return [
    `Answer: yes. It is listed and may be called, by ${ruleWords(rule)}.`,
    `If the agent does not see it all the same, look at what the upstream offers: drawbridge tools --endpoint ${question.endpoint}`,
  ];
}

function noWords(question: Question, answer: Explained): string[] {
  if (answer.fault !== '' && answer.isListed) {
    return [`Answer: no. These arguments are refused before any rule is asked: ${answer.fault}`];
  }
  const { isListed, rule, because } = answer;
  const no =
    rule === 'default'
      ? 'no rule allows it for this caller, and what is not allowed is denied'
      : `the rule "${rule}" forbids it`;
  return [
    isListed
      ? `Answer: no. The caller sees it in the list, but this call is refused: ${no}.`
      : `Answer: no. It is hidden from this caller, and a call is refused: ${no}.`,
    ...(because === undefined ? [] : [`It says: ${because}`]),
    ...toDo(question, answer),
  ];
}

function toDo({ principal }: Question, { rule, considered, outcome }: Explained): string[] {
  if (rule !== 'default') {
    return [`What to do: what one rule forbids no other can allow, so narrow "${rule}".`];
  }
  const allowing = considered.filter(({ effect }) => effect !== 'deny');
  const own = allowing.find(({ says }) => !says.startsWith(OTHERS));
  const near = own ?? allowing[0];
  const what =
    near === undefined
      ? 'What to do: write a rule with "allow" for this caller and this tool.'
      : own === undefined
        ? `What to do: if the caller should be one of those whom "${near.rule}" is about, change the credential; otherwise write a rule with "allow".`
        : `What to do: compare the call with the condition of "${near.rule}".`;
  const isBare = principal.verifiedBy === 'command' && principal.groups.length === 0;
  if (!isBare || principal.team !== '' || outcome !== 'deny') return [what];
  return [
    what,
    'Only what was described counts here: team, groups and claims come with the real credential. Give them as JSON, or name an API key by its id.',
  ];
}

/** How a rule begins that is about somebody else. */
const OTHERS = 'is about other callers';

function reachWords({ endpoint, item }: Question, { reach }: Explained): string[] | undefined {
  switch (reach) {
    case 'shown':
      return undefined;
    case 'upstream_unknown':
      return [
        `Answer: no. There is no upstream ${item.upstream} in the configuration.`,
        'What to do: look at the ids under "upstreams"; a tool is named <upstream>/<its name there>.',
      ];
    case 'upstream_disabled':
      return [
        `Answer: no. The upstream ${item.upstream} is switched off.`,
        `What to do: remove "enabled: false" from upstreams.${item.upstream}.`,
      ];
    case 'endpoint_unknown':
      return [
        `Answer: no. There is no endpoint ${endpoint} in the configuration.`,
        'What to do: look at the names under "endpoints".',
      ];
    case 'endpoint_excludes':
      return [
        `Answer: no. The endpoint ${endpoint} does not show it to anybody, whatever the rules say.`,
        `What to do: add it to endpoints.${endpoint}.include, or take it out of its "exclude".`,
      ];
  }
}

type Named = Pick<Principal, 'id' | 'user' | 'agent' | 'team'>;

function nameOf({ id, user, agent, team }: Named): string {
  if (id === 'local') return 'somebody on the machine of the gateway';
  const name = user === '' ? agent || id : agent === '' ? user : `${user}, through ${agent}`;
  return team === '' ? name : `${name}, of team ${team}`;
}

function credentialWords(verifiedBy: string): string {
  const [how = '', what = ''] = verifiedBy.split(' ', 2);
  switch (how) {
    case 'key':
      return `, with the API key ${what}`;
    case 'oauth':
      return `, with a token of ${what}`;
    case 'command':
      return ' (as described, no credential was looked at)';
    case 'loopback':
    case 'process':
    case '':
      return ' (nobody was identified)';
    default:
      return `, with ${verifiedBy}`;
  }
}

function factsOf({ groups, scopes, claims }: Principal): string[] {
  const names = Object.keys(claims);
  return [
    ...(groups.length === 0 ? [] : [`groups: ${groups.join(', ')}`]),
    ...(scopes.length === 0 ? [] : [`scopes: ${scopes.join(', ')}`]),
    ...(names.length === 0 ? [] : [`claims: ${names.join(', ')}`]),
  ];
}

function listLine(name: string, words: readonly string[], left: number): string[] {
  if (words.length === 0) return [];
  const more = left > 0 ? ` and ${left} more` : '';
  return [`  ${name.padEnd(14)} ${words.join(', ')}${more}`];
}

function itemWords({ upstream, kind, name }: ItemId): string {
  return `the ${kind} ${name} of ${upstream}`;
}

function ruleWords(rule: string): string {
  return rule === 'default' ? 'the default of the configuration' : `the rule "${rule}"`;
}

function quoted(text: string): string {
  return `"${text}"`;
}

function countOf(others: number): string {
  return others === 1 ? '1 more rule is' : `${others} more rules are`;
}
