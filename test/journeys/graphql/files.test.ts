/** Files that a GraphQL API takes: as arguments, in lists and inside of inputs. */
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../kit/gateway.ts';
import { startGraphQl, type GraphQlServer } from '../../kit/graphql-server.ts';
import { callerOf, done, type Caller } from '../apis/world.ts';

const SDL = `
scalar Upload
input Photo { title: String! image: Upload details: [Photo!] }
type Query { hello: String }
type Mutation {
  addOne(file: Upload): String!
  addAll(files: [Upload]!, note: String): String!
  addPhoto(photo: Photo!): String!
}`;

async function told(file: File | null): Promise<string> {
  return file === null ? '-' : `${file.name}:${file.type}:${await file.text()}`;
}

interface Photo {
  readonly title: string;
  readonly image?: Promise<File | null> | null;
  readonly details?: readonly Photo[] | null;
}

async function photo({ title, image, details }: Photo): Promise<string> {
  const inner = await Promise.all((details ?? []).map(photo));
  return `${title}(${await told((await image) ?? null)})[${inner.join(' ')}]`;
}

const resolvers = {
  Mutation: {
    addOne: async (_: unknown, { file }: { file: Promise<File> | null }) =>
      told((await file) ?? null),
    addAll: async (_: unknown, { files, note }: { files: Promise<File>[]; note?: string }) =>
      [...(await Promise.all(files.map(async (file) => told((await file) ?? null)))), note].join(
        ' ',
      ),
    addPhoto: (_: unknown, args: { photo: Photo }) => photo(args.photo),
  },
};

async function start(): Promise<{ server: GraphQlServer; caller: Caller }> {
  const server = await startGraphQl(SDL, resolvers);
  const upstreams = { api: { graphql: server.url } };
  const gateway = await startGateway({ upstreams, policy: { default: 'allow' } });
  const caller = await callerOf('modern', gateway);
  onTestFinished(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
    await server[Symbol.asyncDispose]();
  });
  return { server, caller };
}

test('several files arrive in their order, with their names and types', async () => {
  const { caller } = await start();
  const files = [
    { text: 'one', filename: 'a.txt' },
    null,
    { data: Buffer.from('two').toString('base64'), filename: 'b.png', mimeType: 'image/png' },
  ];
  const answer = await done(caller, 'api__add_all', { files, note: 'n' });
  expect(answer.text + String(answer.value ?? '')).toContain(
    'a.txt:text/plain:one - b.png:image/png:two n',
  );
});

test('a file inside of an input arrives, however deep', async () => {
  const { caller } = await start();
  const args = {
    title: 'whole',
    image: { text: 'x', filename: 'x.txt', mimeType: 'text/plain' },
    details: [{ title: 'part' }],
  };
  const answer = await done(caller, 'api__add_photo', { photo: args });
  expect(answer.text + String(answer.value ?? '')).toContain(
    'whole(x.txt:text/plain:x)[part(-)[]]',
  );
});

test('without a file it is an ordinary request, and null stays null', async () => {
  const { server, caller } = await start();
  await done(caller, 'api__add_all', { files: [] });
  await done(caller, 'api__add_one', { file: null });
  await done(caller, 'api__add_one', {});
  const sent = server.seen.map((body) => (JSON.parse(body) as { variables: object }).variables);
  expect(sent).toEqual([{ files: [] }, { file: null }, {}]);
});

test('what is no file is told by its place, and nothing is sent', async () => {
  const { server, caller } = await start();
  const files = [{ text: 'one' }, { uri: '/etc/passwd' }];
  const list = await caller.call('api__add_all', { files });
  expect(list.text).toMatch(/^files\[1\] looks like a path/);
  const inner = await caller.call('api__add_photo', {
    photo: { title: 'a', image: '/etc/passwd' },
  });
  expect(inner.text).toMatch(/^photo\.image looks like a path/);
  const many = await caller.call('api__add_all', { files: Array(101).fill({ text: 'x' }) });
  expect(many.text).toContain('101 files; 100 are allowed');
  expect(server.seen).toEqual([]);
});
