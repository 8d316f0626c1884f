/** Operations as the tools they are listed as; nothing is compiled before a caller is shown it. */
import {
  isJsonObject,
  type JsonObject,
  ownMember,
  type RawItem,
  stringifyExact,
} from '../../kernel/index.ts';
import { toProfile, type Profile } from './schema/index.ts';
import type { Api, Effects, Operation, OperationPlan } from './model.ts';

export interface ItemSettings {
  /** Properties of the gateway's own that the tool takes beside the operation's. */
  controlsFor(plan: OperationPlan): JsonObject;
  /** Whether tools say what they answer with; few APIs keep what they promise. */
  readonly listsOutput: boolean;
  /** The dialect of JSON Schema that arguments are listed in; calls are checked by the same rules. */
  readonly profile: Profile;
  /** Stands for these settings: definitions of another text are other definitions. */
  readonly digest: string;
}

const NOTHING = Buffer.alloc(0);
/** Key under which a tool says what its annotations rest on. */
const EFFECT_KEY = 'dev.drawbridge/effect';

/** One tool for each operation, in the order of the index. */
export function createOperationItems(api: Api, settings: ItemSettings): readonly RawItem[] {
  return api.index.operations.map((operation) => new OperationItem(operation, api, settings));
}

class OperationItem implements RawItem {
  readonly name: string;
  readonly digest: string;
  readonly brief: NonNullable<RawItem['brief']>;
  readonly aliases: readonly string[];
  problem = '';
  private readonly operation: Operation;
  private readonly api: Api;
  private readonly settings: ItemSettings;
  private made: Buffer | undefined;

  constructor(operation: Operation, api: Api, settings: ItemSettings) {
    const { name, key, title, summary, tags, aliases } = operation;
    this.name = name;
    this.digest = JSON.stringify([api.index.digest, settings.digest, key, name, aliases]);
    this.brief = { title, line: summary, tags };
    this.aliases = aliases;
    this.operation = operation;
    this.api = api;
    this.settings = settings;
  }

  /** Empty where the operation turns out not to be usable; `problem` then says why. */
  get definition(): Buffer {
    this.made ??= this.make();
    return this.made;
  }

  private make(): Buffer {
    const plan = this.api.plan(this.operation.key);
    if (typeof plan !== 'string') {
      return Buffer.from(stringifyExact(toolOf(this.operation, plan, this.settings)));
    }
    this.problem = plan;
    return NOTHING;
  }
}

/** The definition of a tool (2026-07-28, server/tools). */
export function toolOf(
  operation: Operation,
  plan: OperationPlan,
  settings: Omit<ItemSettings, 'digest'>,
): JsonObject {
  const { name, title, effects } = operation;
  const output = settings.listsOutput ? plan.output : null;
  return {
    name,
    title,
    description: plan.description,
    inputSchema: inputOf(plan, settings),
    // Callers of before 2026-07-28 take objects only.
    ...(output !== null && ownMember(output, 'type') === 'object' ? { outputSchema: output } : {}),
    annotations: annotationsOf(effects, title),
    _meta: { [EFFECT_KEY]: { effect: effects.effect, origin: effects.origin } },
  };
}

function inputOf(
  plan: OperationPlan,
  { controlsFor, profile }: Omit<ItemSettings, 'digest'>,
): JsonObject {
  const input = withControls(plan.listed ?? plan.input, controlsFor(plan));
  // Plans are in this one already.
  return profile === 'default' ? input : toProfile(input, profile).schema;
}

function withControls(input: JsonObject, controls: JsonObject): JsonObject {
  const properties = ownMember(input, 'properties');
  return { ...input, properties: { ...(isJsonObject(properties) ? properties : {}), ...controls } };
}

/** All four hints are stated: clients read a missing one as the worst. */
function annotationsOf({ effect, isIdempotent }: Effects, title: string): JsonObject {
  return {
    title,
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destroy' || effect === 'unknown',
    idempotentHint: effect === 'read' || isIdempotent,
    openWorldHint: true,
  };
}
