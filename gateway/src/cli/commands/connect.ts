/** `drawbridge connect`: leads a client to this gateway, and back. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_ENDPOINT, systemClock } from '../../kernel/index.ts';
import { nearest, printable, replaceFile } from '../../config/index.ts';
import type { Client, Machine } from '../clients/client.ts';
import { thisMachine } from '../clients/machine.ts';
import { isTable } from '../clients/read-file.ts';
import { CLIENTS } from '../clients/table.ts';
import { configFile, type CommonOptions } from '../config-file.ts';
import { backupPath, digest, keepBackup } from '../connecting/backup.ts';
import { diffLines, type Change } from '../connecting/diff.ts';
import { editFile } from '../connecting/edit-file.ts';
import {
  addressEntry,
  commandEntry,
  entryName,
  isOurs,
  stdioCommand,
} from '../connecting/entry.ts';
import { listClients } from '../connecting/list.ts';
import { findOwn, type Whereabouts } from '../connecting/own.ts';
import {
  makeDirectory,
  sameAsBefore,
  serversOf,
  targetOf,
  type Target,
} from '../connecting/target.ts';
import { carryOutUndo, planUndo } from '../connecting/undo.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readDocument, type Document } from '../importing/document.ts';
import type { Output } from '../output.ts';
import { askYesNo } from '../questions.ts';
import { failOnProblems } from '../session.ts';

export interface ConnectOptions extends CommonOptions {
  readonly endpoint?: string;
  /** The address instead of a command. */
  readonly http?: boolean;
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface Job {
  readonly out: Output;
  readonly options: ConnectOptions;
  readonly machine: Machine;
  readonly document: Document;
  readonly where: Whereabouts;
  readonly client: Client;
  readonly target: Target;
  readonly name: string;
}

/** Exit 0 when it is as was asked, 1 when the file cannot be changed so, 2 for an unknown client. */
export async function runConnect(
  out: Output,
  id: string | undefined,
  options: ConnectOptions,
): Promise<ExitCode> {
  const { env } = out.surroundings;
  const machine = thisMachine(env);
  const document = readDocument(configFile(out, options));
  if ('ok' in document) return failOnProblems(out, document);
  const where = await findOwn(document, env, systemClock);
  if (id === undefined) {
    listClients(out, machine, where.own);
    return EXIT.ok;
  }
  const client = CLIENTS.find((each) => each.id === id);
  if (client === undefined) return unknownClient(out, id);
  const endpoint = options.endpoint ?? DEFAULT_ENDPOINT;
  const target = targetOf(client, machine);
  const name = entryName(endpoint);
  const job: Job = { out, options, machine, document, where, client, target, name };
  if (!target.read.ok) {
    const { line, column, why } = target.read;
    return refuse(job, `${target.file}:${line}:${column}: ${why}`, 'mend the file and try again');
  }
  return options.undo === true ? undo(job) : connect(job, endpoint);
}

async function connect(job: Job, endpoint: string): Promise<ExitCode> {
  const { out, options, machine, document, where, client, target, name } = job;
  if (!existsSync(document.file)) {
    return refuse(job, `${document.file} does not exist`, 'add an upstream first: drawbridge add');
  }
  if (endpoint !== DEFAULT_ENDPOINT && !document.endpoints.includes(endpoint)) {
    return refuse(job, `there is no endpoint "${endpoint}" in ${document.file}`);
  }
  const there = serversOf(target)[name];
  if (there !== undefined && !isOurs(there, where.own)) {
    return refuse(job, `${target.file} has an entry "${name}" that does not lead to Drawbridge`);
  }
  const entry = entryFor(job, endpoint);
  if (typeof entry === 'string') return refuse(job, entry);
  const after = editFile(target.text, client.layout, name, entry);
  if (after === undefined) return refuse(job, cannotEdit(target.file));
  if (after === target.text) return finish(job, 'unchanged', entry);
  show(job, { without: target.text, with: after, entry });
  if (options.dryRun === true) return finish(job, 'not written', entry);
  if (options.yes !== true && !(await askYesNo(out, `Write ${target.file}?`))) {
    return notConfirmed(out);
  }
  if (!sameAsBefore(target)) return refuse(job, `${target.file} was changed meanwhile; try again`);
  const before =
    there === undefined
      ? target.bytes
      : bytesOf(editFile(target.text, client.layout, name, undefined));
  makeDirectory(target.file);
  keepBackup(backupPath(machine, client.id, name), {
    file: target.file,
    before,
    after: digest(Buffer.from(after)),
  });
  replaceFile(target.file, after);
  return finish(job, 'connected', entry);
}

function entryFor({ out, options, document, where, client }: Job, endpoint: string) {
  const { version } = out.surroundings;
  if (options.http !== true) {
    const script = process.argv[1] ?? '';
    const config = resolve(document.file);
    return commandEntry(client.layout, stdioCommand(script, version, config, endpoint));
  }
  if (client.isCommandsOnly === true) {
    return `${client.title} starts commands only; leave --http out`;
  }
  if (where.url === undefined) {
    return 'the address is not known until the gateway runs; start it, or set a port in server.listen';
  }
  const path = endpoint === DEFAULT_ENDPOINT ? '/mcp' : `/mcp/${endpoint}`;
  return addressEntry(client.layout, where.url + path);
}

async function undo(job: Job): Promise<ExitCode> {
  const { out, options, machine, where, target, name } = job;
  const plan = planUndo(target, machine, name, where.own);
  if (plan.kind === 'nothing') {
    return refuse(job, `${target.file} has no entry "${name}"`);
  }
  if (plan.kind === 'refused') return refuse(job, `${target.file} was not changed: ${plan.why}`);
  const after = plan.kind === 'removed' ? plan.text : (plan.bytes?.toString('utf8') ?? '');
  const entry = serversOf(target)[name];
  show(job, { without: after, with: target.text, entry: isTable(entry) ? entry : {} });
  if (options.dryRun === true) return finish(job, 'not written');
  if (options.yes !== true && !(await askYesNo(out, `Write ${target.file}?`))) {
    return notConfirmed(out);
  }
  if (!sameAsBefore(target)) return refuse(job, `${target.file} was changed meanwhile; try again`);
  carryOutUndo(plan, target, machine, name);
  return finish(job, plan.kind);
}

const SAID = {
  connected: 'is connected',
  unchanged: 'is connected already',
  'not written': 'was not changed (--dry-run)',
  restored: 'is as it was before, byte for byte',
  removed: 'was changed since, so only the entry was taken out',
} as const;

function finish(
  { out, client, target, name }: Job,
  state: keyof typeof SAID,
  entry?: object,
): ExitCode {
  const { file } = target;
  const said = entry === undefined ? {} : { entry };
  out.result({ ok: true, client: client.id, file, name, state, ...said });
  const subject = state === 'restored' || state === 'removed' ? file : client.title;
  out.line(`${subject} ${SAID[state]}.`);
  if (state === 'connected') {
    out.line(`Now ${client.afterwards}. Undo: drawbridge connect ${client.id} --undo`);
  }
  return EXIT.ok;
}

function show(
  { out, target, options, client, name }: Job,
  texts: Pick<Change, 'with' | 'without' | 'entry'>,
): void {
  out.line(target.bytes === undefined ? `${target.file} (new)` : target.file);
  const change = { ...texts, name, keys: client.layout.keys };
  for (const line of diffLines(change, options.undo === true)) out.line(printable(line));
  out.line();
}

function bytesOf(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}

function cannotEdit(file: string): string {
  return `${file} is written in a way that cannot be edited without touching more; add the entry by hand`;
}

function refuse({ out }: Job, message: string, hint?: string): ExitCode {
  const failure = { exit: EXIT.problem, code: 'not_connected', message };
  return out.fail(hint === undefined ? failure : { ...failure, hint });
}

function notConfirmed(out: Output): ExitCode {
  const failure = { exit: EXIT.problem, code: 'not_confirmed', message: 'nothing was written' };
  return out.fail(
    out.isInteractive ? failure : { ...failure, hint: 'write it without being asked: --yes' },
  );
}

function unknownClient(out: Output, id: string): ExitCode {
  const ids = CLIENTS.map((each) => each.id);
  const near = nearest(id, ids);
  return out.fail({
    exit: EXIT.usage,
    code: 'usage',
    message: `there is no client "${id}"`,
    hint: near === undefined ? `clients: ${ids.join(', ')}` : `did you mean "${near}"?`,
  });
}
