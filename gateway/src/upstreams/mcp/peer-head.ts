/** What a server says about itself, in `initialize` or in `server/discover`. */
import {
  Refusal,
  type AnswerMessage,
  type JsonView,
  type ListedCapabilities,
} from '../../kernel/index.ts';

export interface PeerHead {
  readonly capabilities: ListedCapabilities;
  /** Lists whose changes the server announces. */
  readonly announces: ReadonlySet<ListKind>;
  /** Raw JSON of an Implementation object, or ''. */
  readonly serverInfo: string;
  readonly instructions: string;
}

export type ListKind = 'tools' | 'prompts' | 'resources';
export const LIST_KINDS: readonly ListKind[] = ['tools', 'prompts', 'resources'];

/** Longer instructions are cut, at a character. */
const MAX_INSTRUCTIONS = 16_384;

/** Reads the members that both results have in common; wrong types count as absent. */
export function readPeerHead({ view, value }: AnswerMessage, serverInfo: number): PeerHead {
  const declared = view.member(value, 'capabilities');
  const has = (key: string): boolean => view.kind(view.member(declared, key)) === 'object';
  const isTrue = (kind: string, key: string): boolean =>
    has(kind) && readFlag(view, view.member(declared, kind), key);
  return {
    capabilities: {
      tools: has('tools'),
      prompts: has('prompts'),
      resources: has('resources'),
      completions: has('completions'),
      logging: has('logging'),
      subscribe: isTrue('resources', 'subscribe'),
      extensions: has('extensions') ? view.raw(view.member(declared, 'extensions')) : '',
    },
    announces: new Set(LIST_KINDS.filter((kind) => isTrue(kind, 'listChanged'))),
    serverInfo: view.kind(serverInfo) === 'object' ? view.raw(serverInfo) : '',
    instructions: (view.string(view.member(value, 'instructions')) ?? '').slice(
      0,
      MAX_INSTRUCTIONS,
    ),
  };
}

function readFlag(view: JsonView, entry: number, key: string): boolean {
  const parsed = view.value(entry);
  return typeof parsed === 'object' && parsed !== null && Reflect.get(parsed, key) === true;
}

/** The revisions a DiscoverResult names; empty where it names none. */
export function supportedVersions({ view, value }: AnswerMessage): readonly string[] {
  const versions = view.value(view.member(value, 'supportedVersions'));
  return Array.isArray(versions) ? versions.filter((each) => typeof each === 'string') : [];
}

/** The peer spoke, but not as the protocol has it. */
export function invalidAnswer(text: string): Refusal {
  return new Refusal('upstream_invalid', { text });
}
