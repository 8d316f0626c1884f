/** The methods that clients may send. */
import { EXACT, across, approximated, exactly, legacyOnly, modernOnly, type Row } from './cells.ts';

const CALL_TO_LEGACY = exactly(
  'The envelope is taken out, `resultType` put in; the call runs in a session of its caller.',
);
const CALL_TO_MODERN = exactly(
  'The envelope is put in from the session; `resultType`, `ttlMs`, `cacheScope` are taken out.',
);
const BY_ITSELF = exactly('Answered by the gateway.');
const LIST = exactly('Answered from the catalog, not from the server.');
const TASK = exactly('The id is one of the gateway’s own, good for this caller and endpoint.');
const TASK_GET_OF_LEGACY = exactly(
  '`ttl` and `pollInterval` are renamed; the server’s `tasks/result` is put in; a tool that failed is `completed`.',
);
const TASK_UPDATE_OF_LEGACY = approximated(
  'Taken and not passed on: a task of a legacy server asks nothing of whoever holds it.',
  'task_unknown',
);
const TASK_CANCEL_OF_LEGACY = exactly('Cancelling what has ended is no error.');

export const METHOD_ROWS: readonly Row[] = [
  {
    id: 'tools-call',
    what: 'tools/call',
    spec: 'server/tools',
    cells: across(
      EXACT,
      CALL_TO_LEGACY,
      approximated(
        'A `structuredContent` that is no object comes as `{"result": …}`, as the listed schema says.',
      ),
    ),
  },
  {
    id: 'prompts-get',
    what: 'prompts/get',
    spec: 'server/prompts',
    cells: across(EXACT, CALL_TO_LEGACY, CALL_TO_MODERN),
  },
  {
    id: 'resources-read',
    what: 'resources/read',
    spec: 'server/resources',
    cells: across(
      EXACT,
      approximated(
        'A legacy server gives no cache hints: `ttlMs` is 0 and `cacheScope` is `private`. Its -32002 becomes -32602 with the URI in `data`.',
      ),
      CALL_TO_MODERN,
    ),
  },
  {
    id: 'completion-complete',
    what: 'completion/complete',
    spec: 'server/utilities/completion',
    cells: across(
      EXACT,
      approximated('`context` is left out for servers of 2025-03-26 and before.'),
      CALL_TO_MODERN,
    ),
  },
  {
    id: 'tasks-get',
    what: 'tasks/get',
    spec: 'io.modelcontextprotocol/tasks',
    cells: modernOnly(TASK, TASK_GET_OF_LEGACY),
  },
  {
    id: 'tasks-update',
    what: 'tasks/update',
    spec: 'io.modelcontextprotocol/tasks',
    cells: modernOnly(TASK, TASK_UPDATE_OF_LEGACY),
  },
  {
    id: 'tasks-cancel',
    what: 'tasks/cancel',
    spec: 'io.modelcontextprotocol/tasks',
    cells: modernOnly(TASK, TASK_CANCEL_OF_LEGACY),
  },
  {
    id: 'server-discover',
    what: 'server/discover',
    spec: 'server/discover',
    cells: modernOnly(LIST, exactly('Answered by the gateway; no server is asked.')),
  },
  {
    id: 'tools-list',
    what: 'tools/list',
    spec: 'server/tools',
    cells: across(
      LIST,
      approximated('`execution` (tasks of 2025-11-25) is left out.'),
      approximated(
        'An `outputSchema` whose root is no object is wrapped: `{"type":"object","properties":{"result": …}}`.',
      ),
    ),
  },
  {
    id: 'prompts-list',
    what: 'prompts/list',
    spec: 'server/prompts',
    cells: across(LIST, LIST, LIST),
  },
  {
    id: 'resources-list',
    what: 'resources/list',
    spec: 'server/resources',
    cells: across(LIST, LIST, LIST),
  },
  {
    id: 'resources-templates-list',
    what: 'resources/templates/list',
    spec: 'server/resources',
    cells: across(LIST, LIST, LIST),
  },
  {
    id: 'initialize',
    what: 'initialize',
    spec: 'basic/lifecycle (2025-11-25)',
    cells: legacyOnly(
      exactly('The session is the gateway’s own, a sealed token.'),
      exactly('The session is the gateway’s own; the server has none.'),
    ),
  },
  {
    id: 'ping',
    what: 'ping',
    spec: 'basic/utilities/ping (2025-11-25)',
    cells: legacyOnly(BY_ITSELF, BY_ITSELF),
  },
  {
    id: 'logging-set-level',
    what: 'logging/setLevel',
    spec: 'server/utilities/logging (2025-11-25)',
    cells: legacyOnly(
      exactly('Kept with the session; the server’s level is raised where it is needed.'),
      exactly('Kept with the session and sent with every request.'),
    ),
  },
  {
    id: 'notifications-initialized',
    what: 'notifications/initialized',
    spec: 'basic/lifecycle (2025-11-25)',
    cells: legacyOnly(BY_ITSELF, BY_ITSELF),
  },
  {
    id: 'notifications-cancelled',
    what: 'notifications/cancelled',
    spec: 'basic/utilities/cancellation',
    cells: legacyOnly(EXACT, exactly('The request’s stream is closed (HTTP), or told (stdio).')),
  },
  {
    id: 'client-progress',
    what: 'notifications/progress (from the client)',
    spec: 'basic/utilities/progress (2025-11-25)',
    cells: legacyOnly(
      approximated('Taken and not passed on: it is about a question the gateway asked.'),
      approximated('Taken and not passed on: servers of this era send no requests.'),
    ),
  },
  {
    id: 'roots-list-changed',
    what: 'notifications/roots/list_changed',
    spec: 'client/roots (2025-11-25)',
    cells: legacyOnly(
      approximated('Taken and not passed on: roots are asked for when a server wants them.'),
      approximated('Taken and not passed on: roots are asked for when a server wants them.'),
    ),
  },
  {
    id: 'subscriptions-listen',
    what: 'subscriptions/listen',
    spec: 'server/utilities/subscriptions',
    cells: modernOnly(
      exactly('One stream of the gateway; upstreams are watched once for all.'),
      exactly(
        'The gateway watches by GET stream and `resources/subscribe`; of tasks of legacy servers nothing is told, and the acknowledgement says so.',
      ),
    ),
  },
  {
    id: 'resources-subscribe',
    what: 'resources/subscribe',
    spec: 'server/resources (2025-11-25)',
    cells: legacyOnly(
      exactly('Counted: the server is asked once for all sessions.'),
      exactly('The gateway renews its `subscriptions/listen` with the URI in it.'),
    ),
  },
  {
    id: 'resources-unsubscribe',
    what: 'resources/unsubscribe',
    spec: 'server/resources (2025-11-25)',
    cells: legacyOnly(
      exactly('The server is told when nobody is left.'),
      exactly('The gateway renews its `subscriptions/listen` when nobody is left.'),
    ),
  },
];
