/** The requests under way on one session or process, by their ids. */
import { FleetingMap } from '../../kernel/index.ts';
import type { Flight } from './flight.ts';
import type { Incoming } from './message.ts';

export class CallRegister {
  private readonly flights = new FleetingMap<string, Flight>();
  private lastId = 0;

  get size(): number {
    return this.flights.size;
  }

  /** Gives a flight its id; ids are never used again. */
  enter(flight: Flight): void {
    flight.rawId = String(++this.lastId);
    this.flights.set(flight.rawId, flight);
  }

  leave(flight: Flight): void {
    this.flights.delete(flight.rawId);
  }

  find(rawId: string): Flight | undefined {
    return this.flights.get(rawId);
  }

  all(): Flight[] {
    return this.flights.entries().map(([, flight]) => flight);
  }

  /** The calls that a question which came beside all of them can belong to. */
  askable(): Flight[] {
    return this.all().filter((flight) => flight.takesQuestions && flight.declaresAny);
  }

  /** The only call under way: what cannot be attributed otherwise belongs to it. */
  only(): Flight | undefined {
    return this.flights.size === 1 ? this.all()[0] : undefined;
  }

  /**
   * The flight that a notification of a stream shared by all is about: progress by its token, a
   * stream of changes by its subscription, anything else only where there is no doubt.
   */
  concerned({ method, view, value }: Incoming): Flight | undefined {
    if (method === 'notifications/progress') {
      return this.find(view.raw(view.member(value, 'progressToken')));
    }
    const meta = view.member(value, '_meta');
    const subscription = view.member(meta, 'io.modelcontextprotocol/subscriptionId');
    return subscription >= 0 ? this.find(view.raw(subscription)) : this.only();
  }
}
