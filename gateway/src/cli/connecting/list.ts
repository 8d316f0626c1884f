/** `drawbridge connect` without a client: which there are, and which lead here. */
import type { Machine } from '../clients/client.ts';
import { CLIENTS } from '../clients/table.ts';
import { shortPath } from '../importing/show.ts';
import type { OwnPlaces } from '../importing/own-entry.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';
import { isOurs } from './entry.ts';
import { isInstalled, serversOf, targetOf } from './target.ts';

export function listClients(out: Output, machine: Machine, own: OwnPlaces): void {
  const clients = CLIENTS.map((client) => {
    const target = targetOf(client, machine);
    const entries = Object.entries(serversOf(target))
      .filter(([, entry]) => isOurs(entry, own))
      .map(([name]) => name);
    const { id, title } = client;
    return {
      id,
      title,
      file: target.file,
      installed: isInstalled(client, machine),
      readable: target.read.ok,
      connected: entries.length > 0,
      entries,
    };
  });
  out.result({ ok: true, clients });
  const rows = clients.map(({ id, title, file, installed, connected, readable }) => [
    id,
    title,
    installed ? 'yes' : '',
    connected ? 'yes' : readable ? '' : 'its file has errors',
    installed ? shortPath(file, machine) : '',
  ]);
  const [head = '', ...lines] = table(
    [['CLIENT', 'NAME', 'INSTALLED', 'CONNECTED', 'FILE'], ...rows],
    undefined,
  );
  out.line(out.outPaint.faint(head));
  for (const line of lines) out.line(line);
  out.line();
  out.line('Connect one: drawbridge connect <client>');
}
