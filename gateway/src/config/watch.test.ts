import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../kernel/index.ts';
import { watchConfig } from './index.ts';

async function watched(directory: string) {
  const file = join(directory, 'drawbridge.yaml');
  let notify: () => void = () => {};
  let count = 0;
  const watch = watchConfig(
    file,
    () => {
      count += 1;
      notify();
    },
    systemClock,
  );
  onTestFinished(() => watch.close());
  await watch.ready;
  return {
    file,
    count: () => count,
    /** The change that `act` causes. */
    after: async (act: () => void) => {
      const changed = new Promise<void>((done) => (notify = done));
      act();
      await changed;
    },
  };
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('a write in place, a rename over it, and a file that comes back', async () => {
  const directory = temporary();
  writeFileSync(join(directory, 'drawbridge.yaml'), 'a: 1');
  const watch = await watched(directory);
  await watch.after(() => writeFileSync(watch.file, 'a: 2'));
  await watch.after(() => {
    writeFileSync(join(directory, 'other'), 'a: 3');
    renameSync(join(directory, 'other'), watch.file);
  });
  await watch.after(() => writeFileSync(watch.file, 'a: 4'));
  await watch.after(() => {
    rmSync(watch.file);
    writeFileSync(watch.file, 'a: 5');
  });
  expect(watch.count()).toBe(4);
});

test('a file that appears later', async () => {
  const watch = await watched(temporary());
  await watch.after(() => writeFileSync(watch.file, 'a: 1'));
  expect(watch.count()).toBe(1);
});

test('the swap of a linked directory, as Kubernetes does it', async () => {
  const directory = temporary();
  for (const version of ['1', '2', '3']) {
    mkdirSync(join(directory, `..${version}`));
    writeFileSync(join(directory, `..${version}`, 'drawbridge.yaml'), `a: ${version}`);
  }
  symlinkSync('..1', join(directory, '..data'));
  symlinkSync('..data/drawbridge.yaml', join(directory, 'drawbridge.yaml'));
  const watch = await watched(directory);
  for (const version of ['2', '3']) {
    await watch.after(() => {
      symlinkSync(`..${version}`, join(directory, '..new'));
      renameSync(join(directory, '..new'), join(directory, '..data'));
    });
  }
  expect(watch.count()).toBe(2);
});
