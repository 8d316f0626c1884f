/** The processes of one server: looked at to find out its era, and opened as links. */
import { LATEST_MODERN, Refusal, type Era, type Timer } from '../../kernel/index.ts';
import type { LinkHost } from '../mcp/connector.ts';
import type { Verdict } from '../mcp/era-keeper.ts';
import { ask } from '../mcp/own-flight.ts';
import { DISCOVER, judgeEra } from '../mcp/probe.ts';
import { StdioLink, type ChildSettings } from './link.ts';
import type { Restarts } from './restarts.ts';

/** A server that has not answered `server/discover` by then is taken for a legacy one. */
const PROBE_MS = 3000;
/** A process that was looked at waits this long for its first use. */
const SPARE_MS = 2000;

export class Processes {
  private readonly settings: ChildSettings;
  private readonly restarts: Restarts;
  /** Has answered the probe and nothing else, so that its first user need not start another. */
  private spare: StdioLink | undefined;
  private timer: Timer | undefined;

  constructor(settings: ChildSettings, restarts: Restarts) {
    this.settings = settings;
    this.restarts = restarts;
  }

  /**
   * Speaks as to a modern server, to a process that does nothing else yet: some legacy servers end
   * when anything comes before `initialize`. Whatever is no modern answer, silence included, means
   * legacy.
   */
  async probe(host: LinkHost, signal: AbortSignal): Promise<Era | Refusal> {
    const late = new AbortController();
    const timer = host.deps.clock.after(PROBE_MS, () => late.abort(new Error('late')));
    const quiet = { ...this.settings, onCrash: () => {} };
    const link = new StdioLink(host, quiet, 'probe', 'modern', LATEST_MODERN);
    const answer = await ask(host, link, DISCOVER, AbortSignal.any([signal, late.signal]));
    timer.cancel();
    if (answer instanceof Refusal || signal.aborted) void link.close();
    else this.keep(link, host);
    if (link.couldNotStart !== undefined) return link.couldNotStart;
    return answer instanceof Refusal ? 'legacy' : judgeEra(answer);
  }

  /** Opens a link; a legacy one is initialized when it resolves. */
  async open(host: LinkHost, key: string, verdict: Verdict): Promise<StdioLink | Refusal> {
    const spare = this.takeSpare();
    if (spare !== undefined) {
      spare.adopt(host, this.settings, key, verdict);
      const failure = verdict.era === 'legacy' ? await spare.begin() : undefined;
      if (failure === undefined) return spare;
      // It may have been the probe that spoiled it.
    }
    const refusal = await this.restarts.turn();
    if (refusal !== undefined) return refusal;
    const link = new StdioLink(host, this.settings, key, verdict.era, verdict.revision);
    const failure = verdict.era === 'legacy' ? await link.begin() : undefined;
    if (failure !== undefined) return failure;
    this.restarts.started();
    return link;
  }

  async close(): Promise<void> {
    await this.takeSpare()?.close();
  }

  private keep(link: StdioLink, host: LinkHost): void {
    void this.takeSpare()?.close();
    this.spare = link;
    this.timer = host.deps.clock.after(SPARE_MS, () => void this.takeSpare()?.close());
  }

  private takeSpare(): StdioLink | undefined {
    const { spare } = this;
    this.timer?.cancel();
    this.spare = undefined;
    if (spare?.isIdle === true) return spare;
    void spare?.close();
    return undefined;
  }
}
