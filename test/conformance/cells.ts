/** What is run: a requirement set against the gateway in front of one fixture, and what may fail. */

export interface Cell {
  readonly name: string;
  /** Frozen requirement set of the suite, named by its protocol revision. */
  readonly requirements: '2026-07-28' | '2025-11-25';
  /** Revision that the gateway speaks to the fixture. */
  readonly era: string;
  readonly items: boolean;
  /** Unscored scenarios that have to pass all the same. */
  readonly alsoRequired: readonly string[];
  /** Scenarios that are known to fail, and why; one that passes fails the run. */
  readonly exceptions: Readonly<Record<string, string>>;
  /** The run proves that it can fail: at least so many scenarios do. */
  readonly minFailing?: number;
}

const SERVER_TO_CLIENT = 'needs a request from the server to the client within a session';

export const CELLS: readonly Cell[] = [
  {
    name: 'modern client, modern upstream',
    requirements: '2026-07-28',
    era: '2026-07-28',
    items: true,
    alsoRequired: [
      'http-header-validation',
      'http-custom-header-server-validation',
      'json-schema-2020-12',
    ],
    exceptions: {},
  },
  {
    name: 'legacy client, legacy upstream',
    requirements: '2025-11-25',
    era: '2025-11-25',
    items: true,
    alsoRequired: ['json-schema-2020-12', 'server-session-lifecycle'],
    exceptions: {
      'tools-call-sampling': SERVER_TO_CLIENT,
      'tools-call-elicitation': SERVER_TO_CLIENT,
      'elicitation-sep1034-defaults': SERVER_TO_CLIENT,
      'elicitation-sep1330-enums': SERVER_TO_CLIENT,
    },
  },
  {
    name: 'a fixture without items fails',
    requirements: '2026-07-28',
    era: '2026-07-28',
    items: false,
    alsoRequired: [],
    exceptions: {},
    minFailing: 20,
  },
];
