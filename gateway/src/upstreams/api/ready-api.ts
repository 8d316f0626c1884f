/** An open API with what calls of it need: operations by name, plans, checkers. */
import { LRUCache } from 'lru-cache';
import { ArgumentChecker } from './arguments/checker.ts';
import type { Api, Operation, OperationPlan } from './model.ts';
import type { Results } from './results/contract.ts';

/** An operation that can be called. */
export interface Callable {
  readonly operation: Operation;
  readonly plan: OperationPlan;
  readonly checker: ArgumentChecker;
}

/** Checkers kept, each with the validators it has compiled. */
const MAX_CALLABLE = 256;

export class ReadyApi {
  readonly api: Api;
  private readonly results: Results;
  private readonly byName: ReadonlyMap<string, Operation>;
  private readonly callable = new LRUCache<string, Callable>({ max: MAX_CALLABLE });

  constructor(api: Api, results: Results) {
    this.api = api;
    this.results = results;
    const { operations } = api.index;
    const aliases = operations.flatMap((each): [string, Operation][] =>
      each.aliases.map((alias) => [alias, each]),
    );
    // An operation's own name wins over another's alias.
    this.byName = new Map([
      ...aliases,
      ...operations.map((each): [string, Operation] => [each.name, each]),
    ]);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** @returns words where there is no such operation, or none that can be called */
  find(name: string): Callable | string {
    const known = this.callable.get(name);
    if (known !== undefined) return known;
    const operation = this.byName.get(name);
    if (operation === undefined) return 'The API has no such operation any more.';
    const plan = this.api.plan(operation.key);
    if (typeof plan === 'string') return plan;
    const controls = Object.keys(this.results.controlsFor(plan));
    const made = { operation, plan, checker: new ArgumentChecker(plan.input, controls) };
    this.callable.set(name, made);
    return made;
  }
}
