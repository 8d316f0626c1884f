/** Tells whether a list is still the one that a caller was shown, without keeping the list. */
import { hash } from 'node:crypto';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';

/** As the notifications of changes name them; resources and their templates change together. */
export type VersionedList = 'tools' | 'prompts' | 'resources';

export class ListVersions {
  /** Those who see the same share the array, and most items stay when one changes. */
  private readonly ofEntries = new WeakMap<readonly Entry[], string>();
  private readonly ofDefinition = new WeakMap<Buffer, string>();
  private readonly ofEndpoint = new WeakMap<Endpoint, string>();

  /** Another text whenever a list of an endpoint is another one for the caller with this sight. */
  of(endpoint: Endpoint, { lists }: ReturnType<Endpoint['sightOf']>, list: VersionedList): string {
    const parts = [this.settingOf(endpoint), this.versionOf(lists[list])];
    if (list === 'resources') parts.push(this.versionOf(lists.templates));
    return parts.join(' ');
  }

  /** How an endpoint shows its items is said by its configuration. */
  private settingOf(endpoint: Endpoint): string {
    const known = this.ofEndpoint.get(endpoint) ?? digest(JSON.stringify(endpoint.config));
    this.ofEndpoint.set(endpoint, known);
    return known;
  }

  private versionOf(entries: readonly Entry[]): string {
    const known = this.ofEntries.get(entries);
    if (known !== undefined) return known;
    const texts = entries.map(({ item: { publicName, definition } }) => {
      const its = this.ofDefinition.get(definition) ?? digest(definition);
      this.ofDefinition.set(definition, its);
      return `${publicName}\n${its}`;
    });
    const version = digest(texts.join('\n'));
    this.ofEntries.set(entries, version);
    return version;
  }
}

function digest(text: string | Buffer): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
