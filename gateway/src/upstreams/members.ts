/** The connectors of the configuration in force, and those on their way out. */
import type { Connector } from './connector.ts';
import type { UpstreamConfig, UpstreamsConfig } from './schema.ts';

/** Limits of the configuration that hold for every upstream. */
export interface UpstreamLimits {
  /** How long a call may take where its upstream says nothing else, milliseconds. */
  readonly callTimeoutMs: number;
  readonly maxResultBytes: number;
}

export type BuildConnector = (
  id: string,
  config: UpstreamConfig,
  limits: UpstreamLimits,
) => Connector;

interface Member {
  readonly connector: Connector;
  /** What it was made from, as text. */
  readonly madeFrom: string;
}

export class Members {
  private readonly build: BuildConnector;
  private readonly members = new Map<string, Member>();
  private readonly retiring = new Map<Connector, Promise<void>>();

  constructor(build: BuildConnector) {
    this.build = build;
  }

  find(id: string): Connector | undefined {
    return this.members.get(id)?.connector;
  }

  all(): Connector[] {
    return [...this.members.values()].map(({ connector }) => connector);
  }

  /** Makes what is new or changed, and lets go of what is gone or was changed. */
  configure(config: UpstreamsConfig, limits: UpstreamLimits): void {
    for (const id of this.members.keys()) {
      if (config[id]?.enabled !== true) this.retire(id);
    }
    for (const [id, entry] of Object.entries(config)) {
      if (entry.enabled) this.put(id, entry, limits);
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.all(), ...this.retiring.keys()].map((connector) => connector.close()),
    );
    await Promise.all(this.retiring.values());
  }

  private put(id: string, entry: UpstreamConfig, limits: UpstreamLimits): void {
    const { labels: _labels, title: _title, ...rest } = entry;
    const madeFrom = JSON.stringify([rest, limits]);
    if (this.members.get(id)?.madeFrom === madeFrom) return;
    const before = this.retire(id);
    const connector = this.build(id, entry, limits);
    this.members.set(id, { connector, madeFrom });
    for (const { uri, principal } of before?.subscribedResources() ?? []) {
      void connector.subscribeResource(uri, principal);
    }
  }

  private retire(id: string): Connector | undefined {
    const connector = this.find(id);
    if (connector === undefined) return undefined;
    this.members.delete(id);
    const done = connector.retire().finally(() => this.retiring.delete(connector));
    this.retiring.set(connector, done);
    return connector;
  }
}
