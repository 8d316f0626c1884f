/** `drawbridge policy explain`: why a call is allowed, refused or hidden, without a gateway. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest, printable } from '../../config/index.ts';
import {
  callerNamed,
  createExplain,
  explainDecision,
  explanationWords,
  recordFile,
  type Config,
  type ExplainDeps,
  type ListKeys,
} from '../../compose/index.ts';
import { DEFAULT_ENDPOINT, systemClock, type Principal } from '../../kernel/index.ts';
import { itemIdIn } from '../../policy/index.ts';
import { STORE_FILE, openStore } from '../../store/index.ts';
import { unknownEndpoint } from '../endpoint-option.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { loadOrFail } from '../session.ts';
import type { PolicyOptions } from './policy.ts';

export interface ExplainOptions extends PolicyOptions {
  readonly as?: string;
  readonly tool?: string;
  readonly args?: string;
  readonly endpoint?: string;
  readonly address?: string;
  readonly decision?: string;
}

/** What both ways of asking have in common. */
interface Asking extends ExplainDeps {
  readonly out: Output;
  readonly options: ExplainOptions;
  /** Undefined where nobody is named. */
  readonly principal: Principal | undefined;
}

/** Exit 0 where the call would be allowed, 4 where it would not, 1 where it cannot be said. */
export async function runExplain(out: Output, options: ExplainOptions): Promise<ExitCode> {
  const { tool, decision, args, endpoint } = options;
  if ((tool === undefined) === (decision === undefined)) {
    return out.fail({
      exit: EXIT.usage,
      code: 'usage',
      message: 'give either --tool or --decision',
      hint: 'for example --as alice --tool crm/delete_contact; or the id that a refusal names',
    });
  }
  if (args !== undefined && !isObjectText(args)) {
    return failed(out, '--args must be a JSON object', `for example --args '{"id":7}'`);
  }
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const { value: config, directory } = loaded;
  const unknown = endpoint === undefined ? undefined : unknownEndpoint(out, config, endpoint);
  if (unknown !== undefined) return unknown;
  const keys = keysIn(resolve(directory, config.server.stateDir));
  const principal = options.as === undefined ? undefined : await callerNamed(options.as, keys);
  if (typeof principal === 'string') {
    const hint = 'give --as a user, the id of an API key (drawbridge keys list), JSON, or local';
    return failed(out, principal, hint);
  }
  const asking = { out, options, principal, config, directory, keys };
  return decision === undefined ? await explainCall(asking) : await explainRecord(asking, decision);
}

async function explainCall({ out, options, principal, config, keys }: Asking): Promise<ExitCode> {
  const item = itemIdIn(options.tool ?? '');
  if (item === undefined) {
    return failed(out, 'name the tool as upstream/name', 'for example --tool crm/delete_contact');
  }
  if (config.upstreams[item.upstream] === undefined) {
    return unknownUpstream(out, config, item.upstream);
  }
  const nobody = await callerNamed('local', keys);
  const caller = principal ?? nobody;
  if (typeof caller === 'string') return failed(out, caller, 'see --help');
  const { args, address = '', endpoint = DEFAULT_ENDPOINT } = options;
  const nowMs = systemClock.nowMs();
  const question = { principal: caller, endpoint, item, args, nowMs, address };
  const answer = createExplain(config)(question);
  const words = explanationWords(question, answer);
  out.result({ ok: true, caller, endpoint, ...answer, words });
  for (const line of words) out.line(printable(line));
  return answer.isPossible ? EXIT.ok : EXIT.denied;
}

async function explainRecord(asking: Asking, id: string): Promise<ExitCode> {
  const { out, options, config, directory, principal } = asking;
  const file = recordFile(config, directory);
  if (file === undefined) {
    const hint = 'look for the decision where that is collected, or ask with --as and --tool';
    return failed(out, 'records go to standard output (audit.file)', hint);
  }
  const { args, address, endpoint } = options;
  const explained = await explainDecision(id, asking, { principal, args, address, endpoint }).catch(
    (error: unknown) => String(error),
  );
  if (typeof explained === 'string') {
    return failed(out, 'the record cannot be read', explained);
  }
  if (explained === undefined) {
    return out.fail({
      exit: EXIT.problem,
      code: 'decision_unknown',
      message: `the record has no decision "${id}"`,
      hint: `looked in ${file} and in older files beside it; another process may write elsewhere`,
    });
  }
  const { record, hasChanged, caller, now, words } = explained;
  const changed = hasChanged === undefined ? {} : { hasChanged };
  const shownEndpoint = endpoint ?? record.endpoint;
  out.result({ ok: true, record, ...changed, caller, endpoint: shownEndpoint, ...now, words });
  for (const line of words) out.line(printable(line));
  const isPossible = now === undefined ? record.decided === 'allow' : now.isPossible;
  return isPossible ? EXIT.ok : EXIT.denied;
}

function unknownUpstream(out: Output, { upstreams }: Config, id: string): ExitCode {
  const ids = Object.keys(upstreams);
  const near = nearest(id, ids);
  return out.fail({
    exit: EXIT.problem,
    code: 'upstream_unknown',
    message: `there is no upstream "${id}"`,
    hint: near === undefined ? `upstreams: ${ids.join(', ') || 'none'}` : `did you mean "${near}"?`,
  });
}

function failed(out: Output, message: string, hint: string): ExitCode {
  return out.fail({ exit: EXIT.problem, code: 'not_explained', message, hint });
}

/** The keys of a state folder; nothing is made there. */
function keysIn(stateDir: string): ListKeys {
  return async () => {
    const file = join(stateDir, STORE_FILE);
    if (!existsSync(file)) return [];
    const store = await openStore(file);
    try {
      return await store.apiKeys.list();
    } finally {
      await store.close();
    }
  };
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
