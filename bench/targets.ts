import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessConfiguration, makeKey, TOOLS } from './access.ts';
import { gatewayConfiguration, nginxConfiguration } from './configuration.ts';
import { answerContent, answerResult, callRequest } from './messages.ts';
import { freePort, refuseTaken } from './ports.ts';
import { LOAD_CORE, SUBJECT_CORE, type Processes } from './processes.ts';
import { untilListening, untilReady, verifyTool } from './readiness.ts';
import type { Programs } from './requirements.ts';

/** Flags of every Node process that is measured. */
export const NODE_FLAGS = ['--max-semi-space-size=64'];

/** Something alive that answers the call, and how to call it. */
export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly requestFile: string;
  readonly markerFile: string;
  /** Calls sent to it so far. */
  sent: number;
}

/** What every start needs. `folder` is temporary and belongs to this run. */
export interface Workshop {
  readonly benchFolder: string;
  readonly folder: string;
  readonly programs: Programs;
  readonly processes: Processes;
}

/** A target, its process, and the tool it must list. */
interface Plan {
  readonly name: string;
  readonly core: number;
  readonly tool: string;
  readonly readyPath?: string;
  /** An API key that calls carry. */
  readonly key?: string;
  readonly command: string;
  readonly args: (port: number, folder: string) => readonly string[];
}

/** Starts the upstream alone on the core of the load. */
export function startUpstream(shop: Workshop): Promise<Target> {
  const result = join(shop.folder, 'result.json');
  writeFileSync(result, answerResult());
  return start(shop, {
    name: 'upstream',
    core: LOAD_CORE,
    tool: 'echo',
    command: shop.programs.upstream,
    args: (port) => ['--port', String(port), '--result', result],
  });
}

/** Starts nginx with the committed configuration. */
export function startNginx(shop: Workshop, upstream: Target): Promise<Target> {
  const template = readFileSync(join(shop.benchFolder, 'nginx.conf'), 'utf8');
  return start(shop, {
    name: 'nginx',
    core: SUBJECT_CORE,
    tool: 'echo',
    command: shop.programs.nginx,
    args: (port, folder) => {
      const file = join(folder, 'nginx.conf');
      writeFileSync(file, nginxConfiguration(template, port, upstream.port));
      return ['-p', `${folder}/`, '-e', 'stderr', '-c', file];
    },
  });
}

/** Starts the bare Node proxy. */
export function startHopProxy(shop: Workshop, upstream: Target): Promise<Target> {
  const script = join(shop.benchFolder, 'hop-proxy.ts');
  return start(shop, {
    name: 'node hop',
    core: SUBJECT_CORE,
    tool: 'echo',
    command: process.execPath,
    args: (port) => [...NODE_FLAGS, script, String(port), String(upstream.port)],
  });
}

/** Starts the gateway from `entry`; its audit file lies in `stateDir`. */
export function startGateway(
  shop: Workshop,
  upstream: Target,
  entry: string,
  stateDir: string,
): Promise<Target> {
  mkdirSync(stateDir, { recursive: true });
  return start(shop, {
    name: 'gateway',
    core: SUBJECT_CORE,
    tool: 'bench__echo',
    readyPath: '/readyz',
    command: process.execPath,
    args: (port, folder) => {
      const file = join(folder, 'drawbridge.yaml');
      writeFileSync(file, gatewayConfiguration(port, upstream.port, stateDir));
      return [...NODE_FLAGS, entry, 'serve', '--config', file];
    },
  });
}

/**
 * Starts the gateway with an API key, 100 rules, 1,000 tools and limits, and beside it the server
 * that lists the tools which are not called.
 */
export async function startGovernedAccess(
  shop: Workshop,
  upstream: Target,
  entry: string,
  stateDir: string,
): Promise<Target> {
  mkdirSync(stateDir, { recursive: true });
  const key = await makeKey(stateDir);
  const many = await start(shop, {
    name: 'many tools',
    core: LOAD_CORE,
    tool: 'tool_0',
    command: process.execPath,
    args: (port) => [join(shop.benchFolder, 'many-tools.ts'), String(port), String(TOOLS - 1)],
  });
  return await start(shop, {
    name: 'gateway',
    core: SUBJECT_CORE,
    tool: 'bench__echo',
    readyPath: '/readyz',
    key,
    command: process.execPath,
    args: (port, folder) => {
      const file = join(folder, 'drawbridge.yaml');
      writeFileSync(file, accessConfiguration(port, upstream.port, many.port, stateDir));
      return [...NODE_FLAGS, entry, 'serve', '--config', file];
    },
  });
}

async function start(shop: Workshop, plan: Plan): Promise<Target> {
  const port = await freePort();
  const folder = join(shop.folder, plan.name.replace(' ', '-'));
  mkdirSync(folder, { recursive: true });
  const requestFile = join(folder, 'request.http');
  const markerFile = join(folder, 'marker.json');
  writeFileSync(requestFile, callRequest(port, plan.tool, plan.key));
  writeFileSync(markerFile, answerContent());
  const { name, core, command } = plan;
  const args = plan.args(port, folder);
  refuseTaken(port);
  const started = shop.processes.start({ name, core, command, args, folder });
  await untilListening(started, port);
  if (plan.readyPath !== undefined) await untilReady(started, port, plan.readyPath);
  await verifyTool(name, port, plan.tool, plan.key);
  return { name, pid: started.pid, port, requestFile, markerFile, sent: 0 };
}
