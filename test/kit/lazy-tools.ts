/** Tools whose definitions are made on first use, and which count how often that was. */
import type { ItemBrief, RawItem } from '../../gateway/src/kernel/index.ts';

export interface LazyShape {
  readonly digest?: string;
  /** JSON text, or what is thrown when it is asked for. */
  readonly definition?: string | Error;
  readonly problem?: string;
  readonly brief?: Partial<ItemBrief>;
  readonly aliases?: readonly string[];
  /** Names of arguments in its schema that must be given. */
  readonly required?: readonly string[];
}

export interface LazyTool extends RawItem {
  /** How often its definition was asked for. */
  built: number;
}

export function lazyTool(name: string, shape: LazyShape = {}): LazyTool {
  const { digest = `digest of ${name}`, problem, brief, aliases, required = [] } = shape;
  const properties = Object.fromEntries(required.map((key) => [key, { type: 'string' }]));
  const inputSchema = { type: 'object', properties, required };
  const text =
    shape.definition ?? JSON.stringify({ name, description: `All of ${name}.`, inputSchema });
  return {
    name,
    digest,
    built: 0,
    get definition(): Buffer {
      this.built++;
      if (text instanceof Error) throw text;
      return Buffer.from(text);
    },
    ...(problem === undefined ? {} : { problem }),
    ...(aliases === undefined ? {} : { aliases }),
    brief: { title: '', line: `Does ${name}.`, tags: [], ...brief },
  };
}
