import { parseArgs } from 'node:util';
import {
  Exchange,
  JsonView,
  principalOf,
  scanJson,
  systemClock,
} from '../gateway/src/kernel/index.ts';
import type { Call, Item, Principal, Target } from '../gateway/src/kernel/index.ts';
import { methodTable } from '../gateway/src/pipeline/index.ts';
import { compilePolicy, policySchema, type Policy } from '../gateway/src/policy/index.ts';

const TEAMS = 50;
const PRINCIPALS = 10_000;
const TOOLS = 1000;
const UPSTREAMS = 20;
const SLICES = 20;
const CALLS_PER_SLICE = 50_000;
const MAX_MICROSECONDS = 3;
const MAX_CONDITION_MICROSECONDS = 8;
const MAX_RATIO = 1.5;

/** What `policy --help` prints. */
const USAGE = `usage: npm run bench -- policy [--json]

What deciding one call costs, in process: ${PRINCIPALS} principals, ${TOOLS} tools, 100 and 10,000 rules,
and 100 rules with a condition. Fails above ${MAX_MICROSECONDS} us (${MAX_CONDITION_MICROSECONDS} us with a condition), or where 10,000
rules cost more than ${MAX_RATIO} times 100.`;

interface Figures {
  readonly rules: number;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly microseconds: number;
}

/** Runs the command. @returns the exit code */
export function policyBench(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const few = figuresOf(100);
  const many = figuresOf(10_000);
  const conditional = figuresOf(100, 'args.amount <= 1000.0 && "eu" in principal.groups');
  const ratio = many.microseconds / few.microseconds;
  const ok =
    few.microseconds <= MAX_MICROSECONDS &&
    conditional.microseconds <= MAX_CONDITION_MICROSECONDS &&
    ratio <= MAX_RATIO;
  const report = { ok, few, many, conditional, ratio };
  if (values.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else {
    for (const [name, one] of Object.entries({ few, many, conditional })) {
      process.stdout.write(
        `${name}: ${one.rules} rules, ${one.microseconds.toFixed(2)} us per call, ` +
          `${one.loadMs.toFixed(0)} ms to load, ${one.firstMs.toFixed(0)} ms until everything was asked once\n`,
      );
    }
    process.stdout.write(`10,000 rules cost ${ratio.toFixed(2)} times 100\n`);
  }
  return ok ? 0 : 1;
}

function figuresOf(rules: number, when?: string): Figures {
  const config = policySchema.parse({ rules: rulesOf(rules, when) });
  const startedMs = performance.now();
  const policy = compilePolicy(config, { clock: systemClock, upstreams: new Map() });
  const loadMs = performance.now() - startedMs;
  const principals = principalsOf();
  const targets = targetsOf();
  const call = callOf();
  const askingMs = performance.now();
  slice(policy, principals, targets, call, TOOLS * TEAMS);
  const askedMs = performance.now() - askingMs;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < SLICES; round++) {
    least = Math.min(least, slice(policy, principals, targets, call, CALLS_PER_SLICE));
  }
  return { rules, loadMs, firstMs: askedMs, microseconds: least };
}

/** Each team may use some tools; a few rules are about everybody. */
function rulesOf(count: number, when: string | undefined): object[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 10 === 9) return { deny: [`u${index % UPSTREAMS}/never_${index}*`] };
    const who = { teams: [`team-${index % TEAMS}`] };
    return {
      who,
      allow: [`u${index % UPSTREAMS}/tool_${index % 10}*`, `u${(index * 7) % UPSTREAMS}/*`],
      when,
    };
  });
}

function principalsOf(): readonly Principal[] {
  return Array.from({ length: PRINCIPALS }, (_, index) =>
    principalOf({
      id: `key:${index}`,
      kind: 'agent',
      verifiedBy: 'key',
      agent: `agent-${index}`,
      team: `team-${index % TEAMS}`,
      groups: ['eu', `group-${index % 7}`],
    }),
  );
}

function targetsOf(): readonly Target[] {
  return Array.from({ length: TOOLS }, (_, index) => {
    const name = `tool_${index}`;
    const item: Item = {
      id: { upstream: `u${index % UPSTREAMS}`, kind: 'tool', name },
      publicName: name,
      definition: Buffer.alloc(0),
      era: 'modern',
      headerBindings: [],
    };
    return { kind: 'item', item, originalName: name };
  });
}

/** One call as decode leaves it. */
function callOf(): Call {
  const view = scanJson(Buffer.from('{"params":{"arguments":{"amount":12.5,"to":"a"}}}'), {
    maxDepth: 8,
    recordDepth: 3,
  });
  if (!(view instanceof JsonView)) throw new Error('no JSON');
  const params = view.member(0, 'params');
  return {
    kind: 'request',
    method: 'tools/call',
    row: methodTable().get('tools/call'),
    rawId: '1',
    view,
    params,
    meta: -1,
    arguments: view.member(params, 'arguments'),
    name: '',
    rawProgressToken: '',
    logLevel: '',
    capabilities: '{}',
    clientInfo: '',
    revision: '2026-07-28',
  };
}

/** Decides calls of changing principals and tools. @returns CPU microseconds per call */
function slice(
  policy: Policy,
  principals: readonly Principal[],
  targets: readonly Target[],
  call: Call,
  count: number,
): number {
  const head = {
    httpMethod: 'POST',
    path: '/mcp',
    query: '',
    headers: {},
    remoteAddress: '10.0.0.1',
  };
  const exchange = new Exchange(
    head,
    { read: () => Buffer.alloc(0) },
    { send: () => undefined, open: () => undefined, write: () => true, end: () => undefined },
    0,
    1,
  );
  const x = Object.assign(exchange, {
    principal: principals[0],
    target: targets[0],
    call,
    endpoint: 'default',
  });
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    const principal = principals[(index * 7919) % principals.length];
    const target = targets[(index * 104_729) % targets.length];
    if (principal === undefined || target === undefined) continue;
    policy.viewerOf(principal, 'default');
    policy.authorize(Object.assign(x, { principal, target }));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
