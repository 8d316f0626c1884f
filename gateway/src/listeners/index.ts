/** Where requests come in: sockets, hosts and origins, health. */
export { Addresses } from './addresses.ts';
export { createHttpListener, type HttpListener, type ServerDeps } from './http-server.ts';
export { requestInProcess, type InProcessAnswer, type InProcessRequest } from './in-process.ts';
export { createReceive, type ReceiveDeps } from './receive.ts';
export { isLoopback, listenAddress, serverSchema, type ServerConfig } from './schema.ts';
