/** Questions, notifications, errors and whatever else travels beside methods. */
import { ABSENT, EXACT, across, approximated, exactly, legacyOnly, type Row } from './cells.ts';

const ASKED_OF_LEGACY = approximated(
  'The call is parked and answered with `input_required`, under keys that the gateway makes; the retry brings the answers to it.',
  'capability_missing',
  'state_invalid',
  'too_many_calls',
  'interaction_expired',
);
const ASKED_BY_MODERN = approximated(
  'The gateway asks with a real request on the stream of the call and repeats the call upstream with the answers, at most 8 rounds. An error of the client ends the call.',
  'question_unanswered',
);

const CONTENT_AS_TEXT = approximated(
  'Text for clients that do not know them yet: `resource_link` before 2025-06-18, `audio` before 2025-03-26.',
);

export const MESSAGE_ROWS: readonly Row[] = [
  {
    id: 'elicitation-form',
    what: 'elicitation/create (form)',
    spec: 'client/elicitation; basic/patterns/mrtr',
    cells: across(EXACT, ASKED_OF_LEGACY, ASKED_BY_MODERN),
  },
  {
    id: 'elicitation-url',
    what: 'elicitation/create (URL)',
    spec: 'client/elicitation; basic/patterns/mrtr',
    cells: across(EXACT, ASKED_OF_LEGACY, ASKED_BY_MODERN),
  },
  {
    id: 'sampling',
    what: 'sampling/createMessage',
    spec: 'client/sampling; basic/patterns/mrtr',
    cells: across(EXACT, ASKED_OF_LEGACY, ASKED_BY_MODERN),
  },
  {
    id: 'roots',
    what: 'roots/list',
    spec: 'client/roots; basic/patterns/mrtr',
    cells: across(EXACT, ASKED_OF_LEGACY, ASKED_BY_MODERN),
  },
  {
    id: 'question-aside',
    what: 'a question outside every call',
    spec: 'basic/transports (2025-11-25)',
    cells: {
      'modern-modern': ABSENT,
      'modern-legacy': approximated(
        'It goes to the caller of the only call under way that may be asked; where there is none or more than one, it is answered at once: cancelled, declined, no roots.',
      ),
      'legacy-legacy': approximated(
        'It goes to the caller of the only call under way that may be asked; where there is none or more than one, it is answered at once: cancelled, declined, no roots.',
      ),
      'legacy-modern': ABSENT,
    },
  },
  {
    id: 'url-required',
    what: 'error -32042 (URL elicitation required)',
    spec: 'client/elicitation (2025-11-25)',
    cells: {
      'modern-modern': ABSENT,
      'modern-legacy': approximated(
        'It becomes `input_required` with the addresses; the retry makes the call anew.',
        'capability_missing',
        'state_invalid',
      ),
      'legacy-legacy': approximated(
        'Clients of 2025-11-25 get it as it is, older ones a tool error with the addresses.',
      ),
      'legacy-modern': ABSENT,
    },
  },
  {
    id: 'elicitation-complete',
    what: 'notifications/elicitation/complete',
    spec: 'client/elicitation (2025-11-25)',
    cells: {
      'modern-modern': ABSENT,
      'modern-legacy': approximated('Taken and not passed on: the era has no word for it.'),
      'legacy-legacy': approximated('Taken and not passed on.'),
      'legacy-modern': ABSENT,
    },
  },
  {
    id: 'content-kinds',
    what: 'audio and resource_link in results',
    spec: 'server/tools; server/prompts',
    cells: {
      'modern-modern': EXACT,
      'modern-legacy': EXACT,
      'legacy-legacy': CONTENT_AS_TEXT,
      'legacy-modern': CONTENT_AS_TEXT,
    },
  },
  {
    id: 'progress',
    what: 'notifications/progress (from the server)',
    spec: 'basic/utilities/progress',
    cells: across(
      EXACT,
      approximated(
        'What comes while a call is parked is dropped; afterwards it goes to the retry, under its token.',
      ),
      EXACT,
    ),
  },
  {
    id: 'log-message',
    what: 'notifications/message',
    spec: 'server/utilities/logging',
    cells: across(
      EXACT,
      approximated(
        'Only what comes on the stream of the caller’s own request is passed on, from the level asked for with it.',
      ),
      EXACT,
    ),
  },
  {
    id: 'list-changed',
    what: 'notifications/{tools,prompts,resources}/list_changed',
    spec: 'server/utilities/subscriptions',
    cells: across(
      exactly('Sent when what this caller sees may have changed.'),
      exactly('Sent on `subscriptions/listen` streams that asked for it.'),
      exactly('Sent on the session’s GET stream; without one it is not heard.'),
    ),
  },
  {
    id: 'resource-updated',
    what: 'notifications/resources/updated',
    spec: 'server/resources',
    cells: across(EXACT, EXACT, EXACT),
  },
  {
    id: 'capabilities',
    what: 'capabilities of the client',
    spec: 'basic/lifecycle (2025-11-25); basic/index',
    cells: across(
      EXACT,
      approximated(
        'Those for elicitation, sampling and roots and extensions are declared to a session of their own; others mean nothing to the server.',
      ),
      exactly('Those of the session are declared with every request.'),
    ),
  },
  {
    id: 'cancellation-by-disconnect',
    what: 'a client that goes away during a call',
    spec: 'basic/utilities/cancellation; basic/transports (2025-11-25)',
    cells: {
      'modern-modern': EXACT,
      'modern-legacy': exactly('The server is sent `notifications/cancelled`.'),
      'legacy-legacy': exactly('No cancellation: the answer can be fetched for a minute.'),
      'legacy-modern': exactly('No cancellation: the answer can be fetched for a minute.'),
    },
  },
  {
    id: 'resumption',
    what: 'GET with Last-Event-ID',
    spec: 'basic/transports (2025-11-25)',
    cells: legacyOnly(
      exactly('From the gateway’s own bounded buffer.'),
      exactly('From the gateway’s own bounded buffer.'),
    ),
  },
  {
    id: 'batch',
    what: 'batches of messages',
    spec: 'basic/index (2025-03-26)',
    cells: legacyOnly(
      exactly('Sessions of 2025-03-26 only; each message is a call of its own.'),
      exactly('Sessions of 2025-03-26 only; each message is a call of its own.'),
    ),
  },
  {
    id: 'vendor-methods',
    what: 'methods of vendors and extensions',
    spec: 'basic/index',
    cells: across(
      approximated(
        'Passed on at endpoints with one upstream; others cannot tell for whom they are.',
        'method_unknown',
      ),
      approximated(
        'Passed on at endpoints with one upstream; others cannot tell for whom they are.',
        'method_unknown',
      ),
      approximated(
        'Passed on at endpoints with one upstream; others cannot tell for whom they are.',
        'method_unknown',
      ),
    ),
  },
  {
    id: 'tasks',
    what: 'tasks (extension io.modelcontextprotocol/tasks)',
    spec: 'io.modelcontextprotocol/tasks',
    cells: {
      'modern-modern': exactly(
        'Under ids of the gateway. For a caller that did not declare them the gateway waits for the task, at most an hour, unless `tasks: pass` or `interaction: off` is set; then the server’s own error comes.',
      ),
      'modern-legacy': approximated(
        'A tool that can only be a task becomes one (`ttl` and `pollInterval` renamed, the result put in); such a task can ask nothing. For a caller that did not declare tasks the gateway waits as above.',
        'capability_missing',
      ),
      'legacy-legacy': ABSENT,
      'legacy-modern': approximated(
        'The gateway waits for the task; its progress is the number of looks at it, unless the server tells of its own.',
        'capability_missing',
      ),
    },
  },
  {
    id: 'tasks-2025',
    what: 'tasks (experimental, 2025-11-25)',
    spec: 'basic/utilities/tasks (2025-11-25)',
    cells: legacyOnly(
      approximated(
        'Endpoints with one upstream pass `tasks/*` on as they are. Others advertise no tasks: the gateway waits for tools that can only be one.',
        'method_unknown',
        'capability_missing',
      ),
      approximated('Not advertised; the parameter `task` of a call means nothing to the server.'),
    ),
  },
  {
    id: 'apps',
    what: 'pages of apps (extension io.modelcontextprotocol/ui)',
    spec: 'io.modelcontextprotocol/ui',
    cells: across(
      exactly('Named anew where another upstream has the same URI, or nobody lists it.'),
      exactly('The extension is declared to a session of its own.'),
      exactly('The extension of the session is declared with every request.'),
    ),
  },
  {
    id: 'extensions',
    what: 'other extensions',
    spec: 'basic/index',
    cells: across(
      approximated(
        'Passed on at endpoints with one upstream; others neither offer nor declare them.',
      ),
      approximated(
        'Passed on at endpoints with one upstream; others neither offer nor declare them.',
      ),
      approximated(
        'Passed on at endpoints with one upstream; others neither offer nor declare them.',
      ),
    ),
  },
  {
    id: 'missing-capability',
    what: 'error -32021 (missing client capability)',
    spec: 'basic/index',
    cells: {
      'modern-modern': EXACT,
      'modern-legacy': approximated(
        'A legacy server has no such error: a tool that cannot ask says so in words of its own.',
      ),
      'legacy-legacy': ABSENT,
      'legacy-modern': approximated(
        'A call of a tool ends in a tool error that names it.',
        'capability_missing',
      ),
    },
  },
];
