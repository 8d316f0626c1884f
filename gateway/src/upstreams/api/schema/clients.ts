/** What the known clients do with lists of tools, as far as it is known. */
import { isJsonObject, type JsonObject } from '../../../kernel/index.ts';
import { eachSubschema } from './walk.ts';

/** A client and what it takes. Figures are those of the most careful version in use. */
export interface ClientProfile {
  readonly name: string;
  /** Tool names that it takes. */
  readonly names: RegExp;
  /** Characters of a tool's name together with what the client puts in front of it. */
  readonly maxNameChars: number;
  /** Characters that it puts in front, the name of the server not counted. */
  readonly prefixChars: number;
  readonly maxTools: number;
  /** Whether `oneOf`, `anyOf` or `allOf` may stand at the root. */
  readonly takesRootChoices: boolean;
  readonly takesReferences: boolean;
  readonly takesUnions: boolean;
  /** Whether an array without `items` is refused. */
  readonly needsItems: boolean;
}

const PLAIN_NAME = /^[a-zA-Z0-9_-]+$/;

export const CLIENT_PROFILES: readonly ClientProfile[] = [
  {
    name: 'Claude',
    names: PLAIN_NAME,
    maxNameChars: 64,
    prefixChars: 0,
    maxTools: Number.POSITIVE_INFINITY,
    takesRootChoices: false,
    takesReferences: true,
    takesUnions: true,
    needsItems: false,
  },
  {
    name: 'OpenAI / Codex',
    names: PLAIN_NAME,
    maxNameChars: 64,
    prefixChars: 7,
    maxTools: 128,
    takesRootChoices: false,
    takesReferences: true,
    takesUnions: true,
    needsItems: true,
  },
  {
    name: 'Gemini CLI',
    names: /^[a-zA-Z_][a-zA-Z0-9_.-]*$/,
    maxNameChars: 63,
    prefixChars: 2,
    maxTools: 512,
    takesRootChoices: false,
    takesReferences: false,
    takesUnions: true,
    needsItems: true,
  },
  {
    name: 'Cursor',
    names: PLAIN_NAME,
    maxNameChars: 60,
    prefixChars: 1,
    maxTools: 40,
    takesRootChoices: false,
    takesReferences: false,
    takesUnions: false,
    needsItems: true,
  },
  {
    name: 'VS Code',
    names: PLAIN_NAME,
    maxNameChars: 64,
    prefixChars: 4,
    maxTools: 128,
    takesRootChoices: false,
    takesReferences: true,
    takesUnions: true,
    needsItems: true,
  },
];

export interface LintedTool {
  readonly name: string;
  readonly inputSchema: JsonObject;
}

/** Something that a client would not take. */
export interface ClientComplaint {
  readonly client: string;
  /** '' where it is about all tools together. */
  readonly tool: string;
  readonly why: string;
}

/**
 * Which tools each known client would drop, and why.
 * @param serverChars characters of the name under which clients know the server
 */
export function lintForClients(
  tools: readonly LintedTool[],
  serverChars = 0,
): readonly ClientComplaint[] {
  return CLIENT_PROFILES.flatMap((client) => {
    const complaints = tools.flatMap((tool) =>
      faultsOf(tool, client, serverChars).map((why) => ({
        client: client.name,
        tool: tool.name,
        why,
      })),
    );
    if (tools.length <= client.maxTools) return complaints;
    const why = `It takes ${client.maxTools} tools; there are ${tools.length}.`;
    return [{ client: client.name, tool: '', why }, ...complaints];
  });
}

function faultsOf(tool: LintedTool, client: ClientProfile, serverChars: number): readonly string[] {
  const { name, inputSchema } = tool;
  const faults: string[] = [];
  const chars = name.length + client.prefixChars + serverChars;
  if (!client.names.test(name)) faults.push('The name has characters that it does not take.');
  if (chars > client.maxNameChars) {
    faults.push(
      `The name has ${chars} characters with its prefix; ${client.maxNameChars} are taken.`,
    );
  }
  if (inputSchema['type'] !== 'object') faults.push('The root of the arguments is no object.');
  const hasChoice = ['oneOf', 'anyOf', 'allOf', 'not', 'enum'].some((it) => it in inputSchema);
  if (hasChoice && !client.takesRootChoices) faults.push('The root of the arguments is a choice.');
  if (inputSchema['$ref'] !== undefined) faults.push('The root of the arguments is a reference.');
  const found = keywordsIn(inputSchema);
  if (found.hasReference && !client.takesReferences) faults.push('It does not take references.');
  if (found.hasUnion && !client.takesUnions) faults.push('It does not take choices of types.');
  if (found.lacksItems && client.needsItems) faults.push('An array does not say what is in it.');
  return faults;
}

interface Found {
  hasReference: boolean;
  hasUnion: boolean;
  lacksItems: boolean;
}

function keywordsIn(root: JsonObject): Found {
  const found: Found = { hasReference: false, hasUnion: false, lacksItems: false };
  const look = (schema: JsonObject): void => {
    if (typeof schema['$ref'] === 'string') found.hasReference = true;
    if (schema['anyOf'] !== undefined || schema['oneOf'] !== undefined) found.hasUnion = true;
    if (schema['type'] === 'array' && !isJsonObject(schema['items'])) found.lacksItems = true;
    eachSubschema(schema, look);
  };
  look(root);
  return found;
}
