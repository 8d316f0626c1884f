/** What is run: a suite against the gateway in front of one fixture, and what may fail. */

/** `0.1.16`: that release's own suite. A revision: the frozen requirement set of 0.2.0-alpha.12. */
export type Suite = '0.1.16' | '2025-11-25' | '2026-07-28';

export interface Cell {
  readonly suite: Suite;
  /** Eras that the fixture behind the gateway answers. */
  readonly fixture: 'legacy' | 'modern' | 'dual';
  readonly items: boolean;
  /**
   * The gateway takes access tokens only, of a real OpenID provider. The suite has no scenario of its
   * own for a server that asks for tokens, so what is asked is all the rest, with one.
   */
  readonly tokens?: boolean;
  /** Unscored scenarios that have to pass all the same. */
  readonly alsoRequired: readonly string[];
  /**
   * Scenarios that are known to fail: the id of the row of the table of losses (tools/bridging) that
   * says why. A row that says "exact" for the cell's pair is no excuse, and one that passes fails the
   * run.
   */
  readonly exceptions: Readonly<Record<string, string>>;
  /** The run proves that it can fail: at least so many scenarios do. */
  readonly minFailing?: number;
}

/** The extension `io.modelcontextprotocol/tasks`; a server of before it has no tasks of this form. */
const TASKS = [
  'tasks-capability-negotiation',
  'tasks-dispatch-and-envelope',
  'tasks-lifecycle',
  'tasks-mrtr-composition',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-request-state-removal',
  'tasks-required-task-error',
  'tasks-status-notifications',
  'tasks-wire-fields',
];

/** Asked of every cell of the suite: unscored, or of an extension. */
const ALSO: Readonly<Record<Suite, readonly string[]>> = {
  '0.1.16': ['server-sse-polling'],
  '2025-11-25': ['json-schema-2020-12', 'server-session-lifecycle', 'server-sse-polling'],
  '2026-07-28': [
    'http-header-validation',
    'http-custom-header-server-validation',
    'json-schema-2020-12',
  ],
};

const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2026-07-28 legacy': {
    'server-stateless': 'missing-capability',
    'input-required-result-basic-elicitation': 'elicitation-form',
  },
};

const SUITES: readonly Suite[] = ['0.1.16', '2025-11-25', '2026-07-28'];
const FIXTURES = ['legacy', 'modern', 'dual'] as const;

export const CELLS: readonly Cell[] = [
  ...SUITES.flatMap((suite) =>
    FIXTURES.map((fixture) => ({
      suite,
      fixture,
      items: true,
      alsoRequired:
        suite === '2026-07-28' && fixture !== 'legacy' ? [...ALSO[suite], ...TASKS] : ALSO[suite],
      exceptions: EXCEPTIONS[`${suite} ${fixture}`] ?? {},
    })),
  ),
  ...(['2025-11-25', '2026-07-28'] as const).map((suite) => ({
    suite,
    fixture: 'dual' as const,
    items: true,
    tokens: true,
    alsoRequired: ALSO[suite],
    exceptions: {},
  })),
  {
    suite: '2026-07-28',
    fixture: 'dual',
    items: false,
    alsoRequired: [],
    exceptions: {},
    minFailing: 20,
  },
];
