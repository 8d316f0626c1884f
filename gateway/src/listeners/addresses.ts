/** Requests under way per remote address, so that one address cannot take all the places. */
export class Addresses {
  private readonly underWay = new Map<string, number>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  /** Counts a request in; the caller takes it out when it has ended. */
  enter(address: string): void {
    this.underWay.set(address, (this.underWay.get(address) ?? 0) + 1);
  }

  leave(address: string): void {
    const left = (this.underWay.get(address) ?? 0) - 1;
    if (left <= 0) this.underWay.delete(address);
    else this.underWay.set(address, left);
  }

  isOver(address: string): boolean {
    return (this.underWay.get(address) ?? 0) > this.max;
  }
}
