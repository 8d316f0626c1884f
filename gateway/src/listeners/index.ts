/** Where requests come in: sockets, hosts and origins, health. */
export { Addresses } from './addresses.ts';
export { createCallers, type Callers } from './callers.ts';
export { hookPages, type HookOutcome } from './hooks.ts';
export { createHttpListener, type HttpListener, type ServerDeps } from './http-server.ts';
export { openInProcess, requestInProcess, type InProcessAnswer } from './in-process.ts';
export { mountPages, pagesOnDemand, type Pages } from './pages.ts';
export { createGate, createReceive } from './receive.ts';
export { isLoopback, listenAddress, serverSchema, type ServerTlsConfig } from './schema.ts';
export { filesOf } from './tls-files.ts';
