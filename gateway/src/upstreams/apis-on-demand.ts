/** APIs whose machinery is loaded when the first of them is used, and not where there is none. */
import { ApiOnDemand } from './api-on-demand.ts';
import type { ApiKindName } from './api/kind-names.ts';
import type { ApiEntry } from './api/kind.ts';
import type { Apis, ApisDeps } from './apis.ts';
import type { Connector, ConnectorDeps } from './connector.ts';

export class ApisOnDemand {
  private readonly load: () => Promise<Apis>;
  private loading: Promise<Apis> | undefined;
  private loaded: Apis | undefined;

  /** @param load makes them; called again only after it has failed */
  constructor(load: () => Promise<Apis>) {
    this.load = load;
  }

  connector(kind: ApiKindName, entry: ApiEntry, deps: ConnectorDeps): Connector {
    const load = async () => (await this.ready()).connector(kind, entry, deps);
    return new ApiOnDemand(entry.id, kind, load, deps);
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

export function createApisOnDemand(deps: ApisDeps): ApisOnDemand {
  return new ApisOnDemand(async () => (await import('./apis.ts')).createApis(deps));
}
