/**
 * Runs a server that can only be told its port: on a free one, on loopback only, and no longer than
 * the process that started this one. Reports the port to it.
 */
import { Server } from 'node:net';
import { pathToFileURL } from 'node:url';

const [entry = '', ...words] = process.argv.slice(2);
const prototype: object = Server.prototype;
const listen: (...args: unknown[]) => unknown = Reflect.get(prototype, 'listen');

Reflect.set(prototype, 'listen', function onLoopback(this: Server, ...args: unknown[]) {
  this.once('listening', () => {
    const address = this.address();
    if (typeof address === 'object') process.send?.(address?.port);
  });
  const callback = args.find((each) => typeof each === 'function');
  return Reflect.apply(listen, this, [0, '127.0.0.1', callback]);
});

process.on('disconnect', () => process.exit());
process.argv = [process.execPath, entry, ...words];
await import(pathToFileURL(entry).href);
