/** APIs whose machinery is loaded when the first of them is used, and not where there is none. */
import { ApiOnDemand } from './api-on-demand.ts';
import type { ApiEntry, Apis, ApisDeps } from './apis.ts';
import type { ConnectorDeps } from './connector.ts';

export class ApisOnDemand implements Apis {
  private readonly load: () => Promise<Apis>;
  private loading: Promise<Apis> | undefined;
  private loaded: Apis | undefined;

  /** @param load makes them; called again only after it has failed */
  constructor(load: () => Promise<Apis>) {
    this.load = load;
  }

  connector(entry: ApiEntry, deps: ConnectorDeps): ReturnType<Apis['connector']> {
    if (this.loaded !== undefined) return this.loaded.connector(entry, deps);
    const { id } = entry;
    const load = async () => (await this.ready()).connector(entry, deps);
    return new ApiOnDemand(id, 'openapi', load, deps);
  }

  async close(): Promise<void> {
    const apis = this.loaded ?? (await this.loading?.catch(() => undefined));
    await apis?.close();
  }

  private ready(): Promise<Apis> {
    if (this.loaded !== undefined) return Promise.resolve(this.loaded);
    this.loading ??= this.attempt();
    return this.loading;
  }

  private async attempt(): Promise<Apis> {
    try {
      this.loaded = await this.load();
      return this.loaded;
    } finally {
      this.loading = undefined;
    }
  }
}

export function createApisOnDemand(deps: ApisDeps): Apis {
  return new ApisOnDemand(async () => (await import('./apis.ts')).createApis(deps));
}
