/** A caller whose messages go through the standard input of `drawbridge stdio`, beside a running gateway. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestGateway } from '../kit/gateway.ts';
import type { EndpointName } from './generate.ts';
import { Visitor, type Params } from './visitor.ts';

const PROGRAM = fileURLToPath(new URL('../../gateway/bin/drawbridge.js', import.meta.url));

/** Lets bridges of the same user find a gateway that this process holds. */
export async function openDoor({ stateDir, origin }: TestGateway): Promise<Server> {
  const path = join(stateDir, 'gateway-0123456789abcdef.sock');
  const door = createServer((guest) => {
    guest.on('error', () => undefined);
    guest.resume();
    guest.write(`${JSON.stringify({ url: origin, pid: process.pid })}\n`);
  });
  await new Promise<void>((resolve) => door.listen(path, resolve));
  chmodSync(path, 0o600);
  const file = join(stateDir, 'gateway.json');
  writeFileSync(file, JSON.stringify({ door: path, pid: process.pid }), { mode: 0o600 });
  writeFileSync(join(stateDir, 'drawbridge.yaml'), JSON.stringify({ server: { stateDir: '.' } }));
  return door;
}

export class StdioVisitor extends Visitor {
  private readonly gateway: TestGateway;
  private readonly bridges = new Map<string, Promise<BridgeProcess>>();

  constructor(gateway: TestGateway, ...said: ConstructorParameters<typeof Visitor>) {
    super(...said);
    this.gateway = gateway;
  }

  override async modern(
    endpoint: EndpointName,
    method: string,
    params: Params = {},
  ): Promise<string> {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    return (await this.bridge(endpoint)).ask(method, { ...params, _meta });
  }

  override async legacy(
    endpoint: EndpointName,
    method: string,
    params: Params = {},
  ): Promise<string> {
    const bridge = await this.bridge(endpoint);
    bridge.session ??= bridge.ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    });
    await bridge.session;
    return bridge.ask(method, params);
  }

  override close(): void {
    for (const bridge of this.bridges.values()) void bridge.then((each) => each.child.kill());
  }

  private bridge(endpoint: EndpointName): Promise<BridgeProcess> {
    let bridge = this.bridges.get(endpoint);
    if (bridge === undefined) {
      const { stateDir } = this.gateway;
      const key = (this.credential['authorization'] ?? '').replace('Bearer ', '');
      bridge = Promise.resolve(new BridgeProcess(stateDir, endpoint, key));
      this.bridges.set(endpoint, bridge);
    }
    return bridge;
  }
}

class BridgeProcess {
  readonly child: ChildProcess;
  session: Promise<string> | undefined;
  private readonly waiting = new Map<number, (line: string) => void>();
  private last = 0;

  constructor(cwd: string, endpoint: string, key: string) {
    const child = spawn(process.execPath, [PROGRAM, 'stdio', '--endpoint', endpoint], {
      cwd,
      env: { ...process.env, DRAWBRIDGE_KEY: key },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id } = JSON.parse(line) as { id?: number };
      if (id === undefined) return;
      this.waiting.get(id)?.(line);
      this.waiting.delete(id);
    });
  }

  ask(method: string, params: Params): Promise<string> {
    const id = ++this.last;
    const answer = new Promise<string>((resolve) => this.waiting.set(id, resolve));
    const line = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    this.child.stdin?.write(`${line}\n`);
    // The id is no part of what is compared.
    return answer.then((text) => text.replace(`"id":${id}`, '"id":7'));
  }
}
