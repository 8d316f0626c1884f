/** Members of an object as they come; what comes several times is a list. */
import type { Json, JsonObject } from '../../../kernel/index.ts';

export class Members {
  private readonly found: Record<string, Json> = {};
  private lists: Map<string, Json[]> | undefined;

  /** Only to be read once nothing is put any more. */
  get value(): JsonObject {
    return this.found;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.found, name);
  }

  set(name: string, value: Json): void {
    if (name !== '__proto__') this.found[name] = value;
    else {
      const data = { value, enumerable: true, writable: true, configurable: true };
      Object.defineProperty(this.found, name, data);
    }
  }

  /** @param isList whether it is one although there is one value */
  put(name: string, value: Json, isList: boolean): void {
    const known = this.lists?.get(name);
    if (known !== undefined) {
      known.push(value);
      return;
    }
    const before = this.has(name) ? this.found[name] : undefined;
    if (before === undefined && !isList) {
      this.set(name, value);
      return;
    }
    const list = before === undefined ? [value] : [before, value];
    this.lists ??= new Map();
    this.lists.set(name, list);
    this.set(name, list);
  }
}
