/** Hears of tasks at a modern server (extension `io.modelcontextprotocol/tasks`). */
import { EXTENSIONS, Refusal, type Clock, type JsonView, type Timer } from '../../kernel/index.ts';
import type { FlightHost } from './flight.ts';
import type { PooledLink } from './link.ts';
import { ListenFlight } from './listen-flight.ts';

/** A stream that broke is opened again after this time. */
const AGAIN_MS = 5000;

/** Takes the view of a notification, and the entry of its `params`. */
export type TaskListener = (view: JsonView, params: number) => void;

const CAPABILITIES = `{"extensions":{"${EXTENSIONS.tasks}":{}}}`;

export class TaskWatch {
  private readonly host: FlightHost;
  private readonly clock: Clock;
  private readonly linkOf: () => Promise<PooledLink | Refusal>;
  private readonly taskIds: readonly string[];
  private readonly onTask: TaskListener;
  private flight: ListenFlight | undefined;
  private timer: Timer | undefined;
  private isStopped = false;

  constructor(
    host: FlightHost & { readonly clock: Clock },
    linkOf: () => Promise<PooledLink | Refusal>,
    taskIds: readonly string[],
    onTask: TaskListener,
  ) {
    this.host = host;
    this.clock = host.clock;
    this.linkOf = linkOf;
    this.taskIds = taskIds;
    this.onTask = onTask;
    void this.open();
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
    this.flight?.cancel('cancelled');
  }

  private async open(): Promise<void> {
    const link = await this.linkOf();
    if (this.isStopped) return;
    if (link instanceof Refusal) return this.later();
    if (link.era !== 'modern') return;
    const flight = new ListenFlight(
      this.host,
      { taskIds: this.taskIds, capabilities: CAPABILITIES },
      {
        onAcknowledged: () => undefined,
        onTask: this.onTask,
        onEnd: (message) => {
          this.flight = undefined;
          // A server that refuses has nothing to tell.
          if (message.kind !== 'error') this.later();
        },
      },
    );
    this.flight = flight;
    link.send(flight);
  }

  private later(): void {
    if (this.isStopped) return;
    this.timer = this.clock.after(AGAIN_MS, () => void this.open());
  }
}
