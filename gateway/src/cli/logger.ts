/** The process log: one line per event, on standard error. */
import type { Clock, LogLevel } from '../kernel/index.ts';
import type { OutStream } from './output.ts';
import { printable, printableJson } from '../config/index.ts';

export type LogFields = Readonly<Record<string, unknown>>;
export type Log = (level: LogLevel, text: string, fields?: LogFields) => void;
export type LogFormat = 'pretty' | 'json';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A log that writes lines of `least` and above; `pretty` for people, `json` for collectors. */
export function createLog(
  stream: OutStream,
  format: LogFormat,
  least: LogLevel,
  clock: Clock,
): Log {
  const threshold = ORDER.indexOf(least);
  return (level, text, fields = {}) => {
    if (ORDER.indexOf(level) < threshold) return;
    const time = new Date(clock.nowMs()).toISOString();
    const line =
      format === 'json'
        ? printableJson({ time, level, text, ...fields })
        : `${time.slice(11, 19)} ${level.padEnd(5)} ${printable(text)}${words(fields)}`;
    stream.write(`${line}\n`);
  };
}

function words(fields: LogFields): string {
  let text = '';
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const shown =
      typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);
    text += `  ${key}=${printable(shown ?? '')}`;
  }
  return text;
}
