/**
 * Runs a server that can only be told its port: on the loopback socket that its parent has opened,
 * and no longer than that parent. Who connects before the server is loaded waits for it.
 */
import { Server, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

const [entry = '', ...words] = process.argv.slice(2);
const prototype: object = Server.prototype;
const listen: (...args: unknown[]) => unknown = Reflect.get(prototype, 'listen');
const waiting: Socket[] = [];
let pass = (socket: Socket): unknown => waiting.push(socket);

process.on('message', (_text, handle: unknown) => {
  if (!(handle instanceof Server)) return;
  handle.on('connection', (socket: Socket) => pass(socket));
});
process.on('disconnect', () => process.exit());

Reflect.set(prototype, 'listen', function onParentsSocket(this: Server, ...args: unknown[]) {
  // The socket of the parent arrives as a server of its own, which listens by its handle.
  if (typeof args[0] === 'object') return Reflect.apply(listen, this, args);
  pass = (socket) => this.emit('connection', socket);
  for (const socket of waiting.splice(0)) pass(socket);
  process.nextTick(() => this.emit('listening'));
  return this;
});

process.argv = [process.execPath, entry, ...words];
await import(pathToFileURL(entry).href);
