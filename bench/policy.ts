import { Refusal, systemClock, type Exchange, type Target } from '../gateway/src/kernel/index.ts';
import { compilePolicy, policySchema, type Policy } from '../gateway/src/policy/index.ts';
import {
  CALLERS,
  TOOLS,
  callOf,
  callersOf,
  rulesOf,
  targetsOf,
  type Callers,
} from './policy-world.ts';
import { SLICES, runInProcess } from './in-process.ts';

const CALLS_PER_SLICE = 50_000;
const MAX_MICROSECONDS = 3;
const MAX_CONDITION_MICROSECONDS = 8;
const MAX_RATIO = 1.5;

/** What `policy --help` prints. */
const USAGE = `usage: npm run bench -- policy [--json]

What identifying a caller and deciding a call costs, in process: ${CALLERS} API keys, ${TOOLS} tools, 100 and
10,000 rules, and 100 rules with a condition. Least of ${SLICES} slices. Fails above ${MAX_MICROSECONDS} us (${MAX_CONDITION_MICROSECONDS} us
with a condition), or where 10,000 rules cost more than ${MAX_RATIO} times 100. "new heads" is told beside
it: what it costs where no connection was seen before, but the keys were.`;

interface Figures {
  readonly rules: number;
  readonly loadMs: number;
  /** Until everything was asked once. */
  readonly firstMs: number;
  /** CPU microseconds per call, identity and policy. */
  readonly microseconds: number;
  /** Of that, policy by itself. */
  readonly policyMicroseconds: number;
  /** Where each call comes with a head that was never seen. */
  readonly newHeadMicroseconds: number;
}

/** Runs the command. @returns the exit code */
export function policyBench(args: readonly string[]): Promise<number> {
  return runInProcess(args, USAGE, measured, show);
}

async function measured() {
  const callers = await callersOf();
  const few = figuresOf(callers, 100);
  const many = figuresOf(callers, 10_000);
  const conditional = figuresOf(callers, 100, 'args.amount <= 1000.0 && "eu" in principal.groups');
  await callers.identity.close();
  const ratio = many.microseconds / few.microseconds;
  const ok =
    few.microseconds <= MAX_MICROSECONDS &&
    conditional.microseconds <= MAX_CONDITION_MICROSECONDS &&
    ratio <= MAX_RATIO;
  return { ok, few, many, conditional, ratio };
}

function show({
  ratio,
  few,
  many,
  conditional,
}: Record<'few' | 'many' | 'conditional', Figures> & {
  readonly ratio: number;
}): void {
  for (const [name, one] of Object.entries({ few, many, conditional })) {
    process.stdout.write(
      `${name}: ${one.rules} rules, ${one.microseconds.toFixed(2)} us per call ` +
        `(policy ${one.policyMicroseconds.toFixed(2)}, new heads ${one.newHeadMicroseconds.toFixed(2)}), ` +
        `${one.loadMs.toFixed(0)} ms to load, ${one.firstMs.toFixed(0)} ms until everything was asked once\n`,
    );
  }
  process.stdout.write(`10,000 rules cost ${ratio.toFixed(2)} times 100\n`);
}

function figuresOf(callers: Callers, rules: number, when?: string): Figures {
  const config = policySchema.parse({ rules: rulesOf(rules, when) });
  const startedMs = performance.now();
  const policy = compilePolicy(config, { clock: systemClock, upstreams: new Map() });
  const loadMs = performance.now() - startedMs;
  const targets = targetsOf();
  const call = callOf();
  for (const x of callers.exchanges) Object.assign(x, { call });
  const decide = (x: Exchange, target: Target) => decideOne(callers, policy, x, target);
  const only = (x: Exchange, target: Target) => authorize(policy, x, target);
  const fresh = (x: Exchange, target: Target) => {
    Object.assign(x, { head: { ...x.head } });
    decide(x, target);
  };
  const askingMs = performance.now();
  slice(callers, targets, CALLS_PER_SLICE, decide);
  const firstMs = performance.now() - askingMs;
  const least = (work: typeof decide): number =>
    Math.min(
      ...Array.from({ length: SLICES }, () => slice(callers, targets, CALLS_PER_SLICE, work)),
    );
  return {
    rules,
    loadMs,
    firstMs,
    microseconds: least(decide),
    policyMicroseconds: least(only),
    newHeadMicroseconds: least(fresh),
  };
}

function decideOne(
  { identity, identify }: Callers,
  policy: Policy,
  x: Exchange,
  target: Target,
): void {
  const step = identify(x);
  if (step instanceof Refusal || step instanceof Promise) throw new Error('a caller is not known');
  authorize(policy, x, target);
  identity.ended(x);
}

function authorize(policy: Policy, x: Exchange, target: Target): void {
  const { principal } = x;
  if (principal === undefined) throw new Error('nobody was identified');
  policy.viewerOf(principal, 'default');
  policy.authorize(Object.assign(x, { principal, target }));
}

/** Calls of changing callers and tools. @returns CPU microseconds per call */
function slice(
  { exchanges }: Callers,
  targets: readonly Target[],
  count: number,
  work: (x: Exchange, target: Target) => void,
): number {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    const x = exchanges[(index * 7919) % exchanges.length];
    const target = targets[(index * 104_729) % targets.length];
    if (x !== undefined && target !== undefined) work(x, target);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
