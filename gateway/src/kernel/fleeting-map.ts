/**
 * A map of what comes and goes with every call. A plain one keeps more alive than it holds: where it
 * grows or shrinks, the table it leaves still names what stood in it, and a table that has become old
 * keeps those that followed, until the next full collection. Here such a table names empty boxes.
 */
export class FleetingMap<K, V> {
  private readonly boxes = new Map<K, Box<V>>();

  get size(): number {
    return this.boxes.size;
  }

  get(key: K): V | undefined {
    return this.boxes.get(key)?.value;
  }

  set(key: K, value: V): void {
    const box = this.boxes.get(key);
    if (box === undefined) this.boxes.set(key, { value });
    else box.value = value;
  }

  delete(key: K): void {
    const box = this.boxes.get(key);
    if (box === undefined) return;
    box.value = undefined;
    this.boxes.delete(key);
  }

  /** In the order in which the keys came. */
  entries(): [K, V][] {
    const all: [K, V][] = [];
    for (const [key, { value }] of this.boxes) {
      if (value !== undefined) all.push([key, value]);
    }
    return all;
  }
}

interface Box<V> {
  value: V | undefined;
}
