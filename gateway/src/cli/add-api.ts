/** `drawbridge add` of an API: its document is shown, and an entry written that fits it. */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { escapePlaceholders, printableLine, type Entry } from '../config/index.ts';
import { readProxies } from '../egress/index.ts';
import { systemClock } from '../kernel/index.ts';
import { KIND_ROWS, kindsFor, previewSource, type PreviewReport } from '../upstreams/index.ts';
import {
  chooseId,
  finishAddition,
  makeAddition,
  type Addition,
  type AdditionOptions,
} from './addition.ts';
import { credentialPlaces, withLogin, type CredentialPlaces } from './api-credentials.ts';
import { apiId } from './api-name.ts';
import { serverOfApi } from './api-server.ts';
import { databaseLogin, filledAddress, shownSource } from './database-login.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { filledHeaders } from './given-headers.ts';
import { writtenAll } from './guess-upstream.ts';
import type { Output } from './output.ts';
import { showPreview } from './preview-text.ts';
import { withProgress } from './progress.ts';
import { askForServer, askWhetherToAdd } from './questions.ts';
import { configFile } from './session.ts';

export interface ApiOptions extends AdditionOptions {
  /** Where the API is. */
  readonly url?: string;
  readonly yes?: boolean;
  /** Tokens that a list of its tools may take. */
  readonly budget?: number;
  readonly shared?: boolean;
  readonly connect?: boolean;
}

const DEFAULT_BUDGET = 8000;
/** How long an address is given to answer with a document, before it is taken for an MCP server. */
const RECOGNISE_MS = 5000;

/**
 * @param words as on the command line
 * @returns undefined where they name no description of an API
 */
export async function addApi(
  out: Output,
  words: readonly string[],
  headers: Readonly<Record<string, string>>,
  options: ApiOptions,
): Promise<ExitCode | undefined> {
  const [source = '', ...rest] = words;
  if (rest.length > 0 || !mayBeDocument(source, options)) return undefined;
  const filled = filledHeaders(out, headers, options);
  if (typeof filled === 'number') return filled;
  const budgetTokens = options.budget ?? DEFAULT_BUDGET;
  const address = filledAddress(out, source);
  if (address === undefined) return unset(out, source);
  const url = filledAddress(out, options.url ?? '') ?? '';
  const request = { source: address, budgetTokens, headers: filled, url };
  const wayOut = { proxies: readProxies(out.surroundings.env) };
  const deps = { clock: systemClock, directory: process.cwd(), timeoutMs: RECOGNISE_MS, wayOut };
  const work = previewSource(request, deps);
  const previewed = await withProgress(out, systemClock, `Reading ${shownSource(source)}`, work);
  if (previewed.kind === 'fault') {
    const isElse = previewed.why === 'other' || (isAddress(source) && previewed.why !== 'broken');
    if (isElse && !isNamed(source)) return undefined;
    return out.fail({
      exit: isAddress(source) && previewed.why === 'unreadable' ? EXIT.upstream : EXIT.problem,
      code: previewed.why === 'unreadable' ? 'document_unreadable' : 'document_invalid',
      message: previewed.text,
    });
  }
  const { report } = previewed;
  showPreview(out, report, false);
  out.line();
  const id = await chooseId(out, apiId(shownSource(source), report.title), options);
  if (typeof id === 'number') return id;
  const server = await whereItIs(out, source, report, options);
  if (typeof server === 'number') return server;
  const hasOwnCredentials = Object.keys(headers).some((name) => /^authorization$/i.test(name));
  const found = credentialPlaces(id, hasOwnCredentials ? NO_NEEDS : report.auth);
  const login = databaseLogin(source) ?? databaseLogin(server);
  const places = login === undefined ? found : withLogin(found, login, id);
  const entry = entryOf(out, source, { report, server, places, headers, options });
  const env = Object.fromEntries(places.variables.map(({ name }) => [name, 'to-be-set']));
  const addition = makeAddition(out, id, entry, options, env);
  return typeof addition === 'number' ? addition : write(out, addition, report, places, options);
}

/** A database is looked at before it is added. */
function unset(out: Output, source: string): ExitCode {
  const message = `the password in ${shownSource(source)} names a variable that is not set`;
  return out.fail({ exit: EXIT.problem, code: 'password_unset', message });
}

const NO_NEEDS: PreviewReport['auth'] = { schemes: [], needs: [], open: 0 };

function mayBeDocument(source: string, { connect }: ApiOptions): boolean {
  if (isOtherAddress(source)) return isNamed(source);
  if (!isAddress(source)) return kindsFor(source).length > 0 && existsSync(source);
  if (isNamed(source)) return true;
  // Where nothing is to be tried, only its name says what an address is.
  return connect !== false && !/\/(?:mcp|sse)\/?$/.test(URL.parse(source)?.pathname ?? '');
}

function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/** An address that is no web address, such as that of a database, or a host with a port. */
function isOtherAddress(source: string): boolean {
  if (/^[^/\\]+:\d{1,5}$/.test(source)) return true;
  return /^[a-z][a-z0-9+.-]+:/i.test(source) && !isAddress(source);
}

/** Whether it can only be what describes an API. */
function isNamed(source: string): boolean {
  return kindsFor(source).some((kind) => KIND_ROWS[kind].fits(source) === 'yes');
}

/** The address that is to be written; '' where the document's own is enough. */
async function whereItIs(
  out: Output,
  source: string,
  report: PreviewReport,
  options: ApiOptions,
): Promise<string | ExitCode> {
  if (options.url !== undefined) return options.url;
  // What is written of a database is where it is.
  if (report.kind === 'sql' && report.servers.length > 0) return '';
  const { address, problem, example } = serverOfApi(source, report);
  if (problem === '') return '';
  const answer = await askForServer(out, address);
  if (answer !== undefined) return answer;
  return out.fail({
    exit: EXIT.usage,
    code: 'server_unknown',
    message: problem,
    hint: `say where it is: --url ${example}`,
  });
}

interface EntryParts {
  readonly report: PreviewReport;
  readonly server: string;
  readonly places: CredentialPlaces;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: ApiOptions;
}

function entryOf(out: Output, source: string, parts: EntryParts): Entry {
  const { report, server, places, headers, options } = parts;
  const isWhole = isAddress(source) || isOtherAddress(source);
  const document = isWhole ? withoutLogin(source) : fromConfig(out, source, options);
  return {
    [report.kind]: KIND_ROWS[report.kind].section(escapePlaceholders(document), {
      url: escapePlaceholders(withoutLogin(server)),
      mode: report.mode.mode,
      maxListTokens: options.budget,
    }),
    ...(places.schemes === undefined ? {} : { auth: { schemes: places.schemes } }),
    ...(places.basic === undefined ? {} : { auth: { basic: places.basic } }),
    ...(Object.keys(headers).length === 0 ? {} : { headers: writtenAll(headers) }),
    ...(options.shared === true ? { shared: true } : {}),
  };
}

function withoutLogin(address: string): string {
  return databaseLogin(address)?.address ?? address;
}

/** The path as it stands in the configuration file: relative to that file. */
function fromConfig(out: Output, source: string, options: ApiOptions): string {
  const folder = dirname(resolve(configFile(out, options)));
  const path = relative(folder, resolve(source)).split(sep).join('/');
  return /^(?:\.\.\/|\/|[A-Za-z]:)/.test(path) ? path : `./${path}`;
}

async function write(
  out: Output,
  addition: Addition,
  report: PreviewReport,
  places: CredentialPlaces,
  options: ApiOptions,
): Promise<ExitCode> {
  const isSure = options.yes === true || options.dryRun === true;
  if (!isSure && !(await askWhetherToAdd(out, addition.id))) {
    const hint = out.isInteractive ? undefined : 'write it without being asked: --yes';
    const message = `"${addition.id}" was not added`;
    return out.fail({
      exit: EXIT.problem,
      code: 'not_confirmed',
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const tools = report.tools.map(({ name }) => name);
  const variables = places.variables.map(({ name }) => name);
  const more = { tools, mode: report.mode.mode, score: report.score.total, variables };
  const exit = finishAddition(out, addition, more, options);
  sayNext(out, places, options);
  return exit;
}

function sayNext(out: Output, { variables, left }: CredentialPlaces, options: ApiOptions): void {
  const unset = variables.filter(({ name }) => out.surroundings.env[name] === undefined);
  if (unset.length > 0) {
    out.line('Set in the environment of the gateway before it is started:');
    for (const { name, words } of unset) out.line(`  ${name}  ${printableLine(words)}`);
    out.line('or write "${file:./secret}" in the place of "${…}" to read a file.');
  }
  if (left.length > 0) {
    const names = printableLine(left.join(', '));
    out.line(`Some operations need ${names} as well; add them under auth.schemes.`);
  }
  if (options.dryRun === true) return;
  out.line(
    unset.length > 0
      ? 'Then start it: drawbridge serve'
      : 'A running gateway takes it up by itself; otherwise start one: drawbridge serve',
  );
}
