/** Failures of the way to a database, in words without addresses. */
import { runFault, type RunFault } from './database.ts';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'it did not answer in time',
  ENOENT: 'its socket is not there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
};

/** @param message is only looked at, never shown: it may hold the address */
export function socketFault(code: string, message: string): RunFault {
  const known = WORDS[code];
  if (known !== undefined) return runFault('unreachable', known);
  if (/timeout/i.test(message)) return runFault('unreachable', 'it did not answer in time');
  if (/SSL|TLS|certificate|self.signed|CERT_|ERR_TLS/i.test(`${code} ${message}`)) {
    const words = /does not support SSL/i.test(message)
      ? 'it does not speak TLS'
      : 'its TLS certificate is not accepted; set tls.ca';
    return runFault('unreachable', words);
  }
  if (/password|SASL|auth/i.test(message)) return runFault('unauthenticated', '');
  return runFault('unreachable', 'the connection failed');
}
