/** Items of all upstreams, whoever may see them. */
import { createRoute, z } from '@hono/zod-openapi';
import { guarded } from '../access.ts';
import { allItems, type FoundItem } from '../all-items.ts';
import type { App } from '../env.ts';
import { cursorAfter, nextCursor, pageOf, pageQuery, startOf } from '../paging.ts';
import type { AdminPorts } from '../ports.ts';
import { PROBLEMS, problem } from '../problem.ts';
import { seenPrincipal } from '../seen-caller.ts';

const itemSchema = z
  .object({
    item: z.string().openapi({ example: 'tool:crm/get_contact' }),
    upstream: z.string(),
    kind: z.string(),
    name: z.string(),
    title: z.string(),
    labels: z.array(z.string()),
    endpoints: z.array(z.string()).openapi({ description: 'Endpoints that show it.' }),
  })
  .openapi('Item');

const MAX_ITEM_CHARACTERS = 4096;
const params = z.object({ item: z.string().max(MAX_ITEM_CHARACTERS) });

const list = createRoute({
  method: 'get',
  path: '/admin/v1/items',
  ...guarded('items.read', 'Lists items of all upstreams, or those in which a text stands'),
  request: {
    query: z.object({
      ...pageQuery,
      search: z.string().max(200).default(''),
      upstream: z.string().max(31).default(''),
      kind: z.enum(['', 'tool', 'resource', 'template', 'prompt']).default(''),
      endpoint: z.string().max(63).default(''),
    }),
  },
  responses: {
    200: {
      description: 'Items, in the order of the upstreams.',
      content: {
        'application/json': { schema: z.object({ items: z.array(itemSchema), nextCursor }) },
      },
    },
    ...PROBLEMS,
  },
});

const one = createRoute({
  method: 'get',
  path: '/admin/v1/items/{item}',
  ...guarded('items.read', 'Shows one item with its definition'),
  request: { params },
  responses: {
    200: {
      description: 'The item; its definition as its upstream gave it.',
      content: { 'application/json': { schema: itemSchema.extend({ definition: z.string() }) } },
    },
    ...PROBLEMS,
  },
});

const visibility = createRoute({
  method: 'get',
  path: '/admin/v1/items/{item}/visibility',
  ...guarded('policy.read', 'Says who of those who have called may see an item'),
  request: {
    params,
    query: z.object({ ...pageQuery, endpoint: z.string().max(63).default('default') }),
  },
  responses: {
    200: {
      description:
        'Principals that were seen, by id; conditions on claims of tokens are not known.',
      content: {
        'application/json': {
          schema: z.object({
            endpoint: z.string(),
            isShown: z.boolean().openapi({ description: 'Whether the endpoint shows it at all.' }),
            principals: z.array(z.object({ id: z.string(), maySee: z.boolean() })),
            nextCursor,
          }),
        },
      },
    },
    ...PROBLEMS,
  },
});

export function addItems(app: App): void {
  app.openapi(list, (c) => {
    const { ports } = c.var;
    const { limit, cursor, ...filter } = c.req.valid('query');
    const name = JSON.stringify(['items', filter]);
    const after = startOf(c, name, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const found = allItems(ports, filter);
    const idOf = ({ text }: FoundItem): string => text;
    const { entries, ...next } = pageOf(c, found, { list: name, after, limit, idOf });
    return c.json({ items: entries.map((each) => shown(ports, each)), ...next }, 200);
  });
  app.openapi(one, (c) => {
    const found = itemAt(c.var.ports, c.req.valid('param').item);
    if (found === undefined) return problem(c, 'not_found');
    const definition = found.item.definition.toString();
    return c.json({ ...shown(c.var.ports, found), definition }, 200);
  });
  app.openapi(visibility, async (c) => {
    const { ports } = c.var;
    const { endpoint, limit, cursor } = c.req.valid('query');
    const found = itemAt(ports, c.req.valid('param').item);
    if (found === undefined) return problem(c, 'not_found');
    const name = JSON.stringify(['visibility', found.text, endpoint]);
    const after = startOf(c, name, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const seen = await ports.store.principalsSeen.list(after, limit + 1, '');
    const page = seen.slice(0, limit);
    const view = ports.view();
    const isShown = view.shows(endpoint, found.item.id);
    const principals = page.map((each) => ({
      id: each.id,
      maySee: isShown && view.maySee(seenPrincipal(each), endpoint, found.item),
    }));
    const last = page.at(-1);
    const next =
      seen.length > limit && last !== undefined
        ? { nextCursor: cursorAfter(c, name, last.id) }
        : {};
    return c.json({ endpoint, isShown, principals, ...next }, 200);
  });
}

function itemAt(ports: AdminPorts, text: string): FoundItem | undefined {
  return allItems(ports, {}).find((each) => each.text === text);
}

function shown(ports: AdminPorts, { item, text }: FoundItem) {
  const { upstream, kind, name } = item.id;
  const view = ports.view();
  return {
    item: text,
    upstream,
    kind,
    name,
    title: item.brief.title,
    labels: [...view.labelsOf(item)],
    endpoints: view.endpoints.map((each) => each.name).filter((each) => view.shows(each, item.id)),
  };
}
