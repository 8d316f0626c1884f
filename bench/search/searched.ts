/** A catalog that shows tools as in production, and `search_tools` of its endpoint. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CatalogWorld, listingOf } from '../../test/kit/catalog-world.ts';
import { LOCAL } from '../../test/kit/exchange.ts';
import { quantile } from '../import/table.ts';
import type { CorpusTool } from './corpus.ts';

/** As many hits as are looked at. */
const LIMIT = 10;

export interface Costs {
  readonly tools: number;
  /** CPU of the first search beyond that of a later one: it makes the index. */
  readonly buildMs: number;
  /** What the first search left in memory. */
  readonly bytesPerTool: number;
  /** CPU of one call of `search_tools` with five hits. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export class Searched {
  private readonly world: CatalogWorld;
  private readonly tools: readonly CorpusTool[];
  private readonly ids: ReadonlyMap<string, string>;

  static async of(tools: readonly CorpusTool[]): Promise<Searched> {
    const world = await CatalogWorld.open({ default: { mode: 'search' } });
    const lists = Map.groupBy(tools, ({ upstream }) => upstream);
    const scripts = [...lists].map(([upstream, its]) => [
      upstream,
      listingOf({ tools: its.map(({ definition }) => definition) }),
    ]);
    await world.start(Object.fromEntries(scripts));
    return new Searched(world, tools);
  }

  private constructor(world: CatalogWorld, tools: readonly CorpusTool[]) {
    this.world = world;
    this.tools = tools;
    const ids: [string, string][] = [];
    for (const { upstream, name, id } of tools) {
      const shown = world.stage.toolName('default', LOCAL, upstream, name);
      if (shown !== undefined) ids.push([shown, id]);
    }
    this.ids = new Map(ids);
  }

  /** Public names of the best hits. */
  async names(query: string, limit = LIMIT): Promise<readonly string[]> {
    const { structuredContent } = await this.world.toolResult('search_tools', { query, limit });
    const hits = structuredContent?.['tools'];
    return Array.isArray(hits) ? hits.map(({ name }) => name) : [];
  }

  /** Id in the corpus of a tool by its public name. */
  idOf(name: string): string {
    return this.ids.get(name) ?? '';
  }

  /** @param times how often each query is repeated */
  async costs(queries: readonly string[], times: number): Promise<Costs> {
    const [first = ''] = queries;
    // The lists and what is seen of them are made before the index is.
    await this.world.list('tools/list');
    const before = memory();
    const firstMs = await cpuMs(() => this.search(first));
    const bytes = memory() - before;
    for (const query of queries) await this.search(query);
    const costs: number[] = [];
    for (const query of queries) {
      const ms = await cpuMs(async () => {
        for (let time = 0; time < times; time++) await this.search(query);
      });
      costs.push(ms / times);
    }
    return {
      tools: this.tools.length,
      buildMs: firstMs,
      bytesPerTool: bytes / this.tools.length,
      p50Ms: quantile(costs, 0.5),
      p95Ms: quantile(costs, 0.95),
      maxMs: quantile(costs, 1),
    };
  }

  close(): void {
    this.world.catalog.close();
  }

  private async search(query: string): Promise<void> {
    await this.world.view('tools/call', {
      name: 'search_tools',
      params: { arguments: { query } },
    });
  }
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
