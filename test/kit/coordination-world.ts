/** The same few processes over every kind of coordination, and what can happen to them. */
import {
  MemoryBackend,
  MemoryHub,
  connectValkey,
  coordinate,
  type Backend,
  type Coordination,
} from '../../gateway/src/coordination/index.ts';
import { systemClock } from '../../gateway/src/kernel/index.ts';
import { startRedis } from './redis-server.ts';

export interface CoordinationWorld extends AsyncDisposable {
  /** One more process; those of one installation hear each other. */
  join(installation?: string): Promise<Member>;
  /** The server goes away and forgets everything. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export interface Member {
  readonly coordination: Coordination;
  /** What a killed process does: nothing any more. */
  crash(): void;
  /** Errors of handlers. */
  readonly bugs: unknown[];
}

export type WorldKind = 'memory' | 'valkey';

export async function openWorld(kind: WorldKind): Promise<CoordinationWorld> {
  return kind === 'memory' ? memoryWorld() : await valkeyWorld();
}

function memoryWorld(): CoordinationWorld {
  const hub = new MemoryHub(systemClock);
  const backends: MemoryBackend[] = [];
  return membersOf(
    () => {
      const backend = new MemoryBackend(hub);
      backends.push(backend);
      return Promise.resolve(backend);
    },
    {
      goAway: () => {
        for (const backend of backends) backend.sever();
        hub.clear();
        return Promise.resolve();
      },
      comeBack: () => {
        for (const backend of backends) backend.restore();
        return Promise.resolve();
      },
      end: () => Promise.resolve(),
    },
  );
}

async function valkeyWorld(): Promise<CoordinationWorld> {
  const redis = await startRedis({ password: 'kept secret' });
  return membersOf(
    () =>
      connectValkey({ url: redis.url, clock: systemClock, log: () => undefined, waitMs: 10_000 }),
    {
      goAway: () => redis.kill(),
      comeBack: () => redis.start(),
      end: async () => await redis[Symbol.asyncDispose](),
    },
  );
}

function membersOf(
  connect: () => Promise<Backend>,
  server: Pick<CoordinationWorld, 'goAway' | 'comeBack'> & { readonly end: () => Promise<void> },
): CoordinationWorld {
  const members: Coordination[] = [];
  return {
    join: async (installation = 'one') => {
      const backend = await connect();
      const bugs: unknown[] = [];
      const coordination = await coordinate({
        backend,
        isShared: true,
        installation,
        clock: systemClock,
        onBug: (error) => bugs.push(error),
      });
      members.push(coordination);
      return { coordination, bugs, crash: () => backend.destroy() };
    },
    goAway: () => server.goAway(),
    comeBack: () => server.comeBack(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(members.map((member) => member.close()));
      await server.end();
    },
  };
}
