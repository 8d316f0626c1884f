/** One document through the gateway's own reader and compiler. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { JsonObject } from '../../gateway/src/kernel/index.ts';
import { loadOffline, type OfflineApi } from '../../gateway/src/upstreams/index.ts';

export interface ConvertedTool {
  readonly name: string;
  readonly description: unknown;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations: unknown;
  /** HTTP method in lower case. */
  readonly _m: string;
  readonly _p: string;
}

/**
 * Reads a document; its further files are read from the disk, addresses are never asked.
 * @param keepsPlans whether an operation is compiled once and remembered
 * @throws with the fault's own words where it is none
 */
export async function openDocument(
  location: string,
  bytes: Buffer,
  keepsPlans = true,
): Promise<OfflineApi> {
  const { openOffline } = await loadOffline();
  const opened = await openOffline({ location, bytes }, { load: loadFile, keepsPlans });
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
}

/** The tools of a document; a definition is made whenever it is read, and not kept. */
export async function convertDocument(path: string): Promise<{ tools: ConvertedTool[] }> {
  const api = await openDocument(pathToFileURL(resolve(path)).href, readFileSync(path), false);
  return { tools: api.document.operations.map((operation) => new LazyTool(operation, api)) };
}

type Operation = OfflineApi['document']['operations'][number];

class LazyTool implements ConvertedTool {
  readonly name: string;
  readonly _m: string;
  readonly _p: string;
  private readonly operation: Operation;
  private readonly api: OfflineApi;

  constructor(operation: Operation, api: OfflineApi) {
    this.operation = operation;
    this.api = api;
    this.name = operation.name;
    this._m = operation.verb.toLowerCase();
    this._p = operation.place;
  }

  get description(): unknown {
    return this.toJSON()['description'];
  }

  get inputSchema(): unknown {
    return this.toJSON()['inputSchema'];
  }

  get annotations(): unknown {
    return this.toJSON()['annotations'];
  }

  toJSON(): JsonObject {
    const { name, _m, _p } = this;
    const tool = this.api.toolOf(this.operation, false);
    return typeof tool === 'string' ? { name, _m, _p } : { ...tool, _m, _p };
  }
}

function loadFile(location: string): Promise<Buffer | string> {
  try {
    const path = location.startsWith('file:') ? fileURLToPath(location) : location;
    if (/^[a-z]+:\/\//i.test(path)) return Promise.resolve('addresses are not asked here');
    return Promise.resolve(readFileSync(path));
  } catch (error) {
    return Promise.resolve(String(error));
  }
}
