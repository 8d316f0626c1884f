/**
 * Where a test takes the place of a room, or looks over its shoulder: all of them are at the doors of
 * rooms, so the gateway between them is the one that is sold.
 */
import type * as CatalogDoor from '../../gateway/src/catalog/index.ts';
import type * as PipelineDoor from '../../gateway/src/pipeline/index.ts';
import type * as PolicyDoor from '../../gateway/src/policy/index.ts';
import type * as UpstreamsDoor from '../../gateway/src/upstreams/index.ts';
import type { Exchange } from '../../gateway/src/kernel/index.ts';
import type { Path, Rooms, Outcome } from '../../gateway/src/pipeline/index.ts';
import type { Policy, PolicyConfig } from '../../gateway/src/policy/index.ts';
import { Straw } from './straw.ts';

type CreateStage = (typeof CatalogDoor)['createStage'];
type Config = Parameters<CreateStage>[0];
type Deps = Parameters<CreateStage>[1];
type Stage = ReturnType<CreateStage>;
type RuleConfig = PolicyConfig['rules'][number];

/** A mistake that a gateway could make, put in at the doors. */
export interface Mistake {
  readonly policy?: (policy: Policy) => Policy;
  /** What becomes of each rule before it is compiled. */
  readonly config?: (rule: RuleConfig) => RuleConfig;
  /** @param make makes the stage as it should be, over other ports */
  readonly stage?: (make: (deps: Deps) => Stage, deps: Deps) => Stage;
  readonly rooms?: (rooms: Rooms) => Rooms;
}

export interface Ended {
  readonly x: Exchange;
  readonly outcome: Outcome;
}

class Seams {
  straw = new Straw();
  mistake: Mistake = {};
  path: Path | undefined;
  /** Told of every exchange that has been recorded. */
  onEnded: (ended: Ended) => void = () => undefined;

  upstreams(real: typeof UpstreamsDoor): typeof UpstreamsDoor {
    return { ...real, createUpstreams: (deps) => this.straw.around(real.createUpstreams(deps)) };
  }

  policy(real: typeof PolicyDoor): typeof PolicyDoor {
    return {
      ...real,
      compilePolicy: (...asked: Parameters<(typeof PolicyDoor)['compilePolicy']>) => {
        const [config, deps] = asked;
        const { config: change = (rule: RuleConfig) => rule } = this.mistake;
        const policy = real.compilePolicy({ ...config, rules: config.rules.map(change) }, deps);
        return this.mistake.policy?.(policy) ?? policy;
      },
    };
  }

  catalog(real: typeof CatalogDoor): typeof CatalogDoor {
    return {
      ...real,
      createStage: (config: Config, deps: Deps) => {
        const make = (ports: Deps): Stage => real.createStage(config, ports);
        return this.mistake.stage?.(make, deps) ?? make(deps);
      },
    };
  }

  pipeline(real: typeof PipelineDoor): typeof PipelineDoor {
    return {
      ...real,
      buildPath: (rooms) => {
        const watched: Rooms = {
          ...rooms,
          finish: (x, outcome) => {
            rooms.finish(x, outcome);
            this.onEnded({ x, outcome });
          },
        };
        this.path = real.buildPath(this.mistake.rooms?.(watched) ?? watched);
        return this.path;
      },
    };
  }
}

export const seams = new Seams();
