/** The last events of one feed, bounded in number and bytes. */

export class EventRing {
  /** Events that are not kept any more, or never were. */
  dropped = 0;
  private readonly maxEvents: number;
  private readonly maxBytes: number;
  private readonly events: string[] = [];
  private bytes = 0;

  constructor(maxEvents: number, maxBytes: number) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /** @param event JSON text @returns false where it alone is larger than what is kept */
  add(event: string): boolean {
    const bytes = Buffer.byteLength(event);
    if (bytes > this.maxBytes) {
      this.dropped++;
      return false;
    }
    this.events.push(event);
    this.bytes += bytes;
    while (this.events.length > this.maxEvents || this.bytes > this.maxBytes) {
      this.bytes -= Buffer.byteLength(this.events.shift() ?? '');
      this.dropped++;
    }
    return true;
  }

  /** JSON text of the list, the oldest first. */
  get text(): string {
    return `[${this.events.join(',')}]`;
  }
}
