/** The interactive server as a process: its arguments are the era, its name and the file for effects. */
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { buildInteractive, type Era } from './server.ts';

const [, , era = 'legacy', name = '', effects = ''] = process.argv;
const options = { era: era as Era, name, effects, die: () => process.exit(4) };
if (options.era === 'modern') serveStdio(() => buildInteractive(options), { legacy: 'reject' });
else await buildInteractive(options).connect(new StdioServerTransport());
