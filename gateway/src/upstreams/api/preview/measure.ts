/** What the tools of an API take in a list, measured on as many of them as there is time for. */
import { stringifyExact, type JsonObject } from '../../../kernel/index.ts';
import { toolOf, type ItemSettings } from '../items.ts';
import { FRAME_TOKENS, lineTokens, PREFIX_TOKENS } from '../list-price.ts';
import type { Operation } from '../model.ts';
import { evenOrder } from './even-order.ts';
import type { PreviewSubject, TierPrices, UnusableTool } from './report.ts';

export interface MeasureOptions {
  /** Tokens that a text takes, about. */
  readonly estimateTokens: (text: string) => number;
  /** Properties of the gateway's own that a tool takes beside the operation's. */
  readonly controlsFor: ItemSettings['controlsFor'];
  /** Up to so many operations are all measured; of more, `sample` of them. */
  readonly measureAllUpTo: number;
  readonly sample: number;
  /** Ends the measuring early, characters of all definitions together. */
  readonly maxChars: number;
}

/** A tool's definition as it would be listed in `full` mode. */
export interface MeasuredTool {
  readonly operation: Operation;
  readonly tokens: number;
  readonly definition: JsonObject;
}

export interface Measured {
  /** In the order of the index. */
  readonly tools: readonly MeasuredTool[];
  readonly unusable: readonly UnusableTool[];
  readonly tokens: TierPrices;
}

/** Stands for the id that the upstream will have. */
const SOME_ID = 'api';

/** Compiles operations, spread evenly over the API, until all are or a bound is met. */
export function measure(subject: PreviewSubject, options: MeasureOptions): Measured {
  const { operations } = subject.index;
  const tools: MeasuredTool[] = [];
  const unusable: UnusableTool[] = [];
  const isAll = operations.length <= options.measureAllUpTo;
  const most = isAll ? operations.length : options.sample;
  let chars = 0;
  for (const place of evenOrder(operations.length)) {
    const seen = tools.length + unusable.length;
    if (seen >= most || chars >= options.maxChars) break;
    const operation = operations[place];
    if (operation === undefined) continue;
    const plan = subject.plan(operation.key);
    if (typeof plan === 'string') {
      unusable.push({ name: operation.name, why: plan, at: operation.at });
      continue;
    }
    const { controlsFor } = options;
    const definition = toolOf(operation, plan, {
      controlsFor,
      listsOutput: false,
      profile: 'default',
    });
    const text = stringifyExact(definition);
    chars += text.length;
    tools.push({ operation, definition, tokens: options.estimateTokens(text) });
  }
  const order = new Map(operations.map(({ key }, place) => [key, place]));
  const placeOf = ({ operation }: MeasuredTool): number => order.get(operation.key) ?? 0;
  tools.sort((a, b) => placeOf(a) - placeOf(b));
  return { tools, unusable, tokens: pricesOf(operations, tools, unusable.length) };
}

function pricesOf(
  operations: readonly Operation[],
  tools: readonly MeasuredTool[],
  unusable: number,
): TierPrices {
  const measured = tools.length + unusable;
  const sum = tools.reduce((total, { tokens }) => total + tokens + PREFIX_TOKENS, 0);
  const isEstimate = measured < operations.length;
  const all = isEstimate && measured > 0 ? (sum / measured) * operations.length : sum;
  const compact = operations.reduce(
    (total, operation) => total + lineTokens(SOME_ID, operation),
    FRAME_TOKENS,
  );
  const whole = all + FRAME_TOKENS;
  const full = isEstimate ? rounded(whole) : whole;
  return { full, compact, search: FRAME_TOKENS, measured, isEstimate };
}

/** To two digits: more would say more than is known. */
function rounded(tokens: number): number {
  return Number(tokens.toPrecision(2));
}
