/** What the CRM knows. It begins with the same contacts and deals every time. */
import { Refused } from '../rest-api.ts';

export const STAGES = ['new', 'talking', 'offer', 'won', 'lost'] as const;
export type Stage = (typeof STAGES)[number];

interface Contact {
  readonly id: number;
  name: string;
  email: string;
  notes: string;
}

interface Deal {
  readonly id: number;
  readonly contactId: number;
  readonly title: string;
  readonly valueEur: number;
  stage: Stage;
}

interface Photo {
  readonly type: string;
  readonly bytes: Buffer;
}

interface Activity {
  readonly at: string;
  readonly text: string;
}

const FIRST = ['Ada', 'Bruno', 'Carla', 'Deniz', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jun'];
const LAST = ['Alder', 'Brook', 'Clay', 'Dale', 'Ember', 'Field', 'Grove', 'Hill'];
const DEEDS = ['called', 'visited', 'written to', 'sent an offer', 'thanked'];
const GOODS = ['Ropes', 'Sails', 'Anchors', 'Lanterns', 'Charts'];

export class CrmData {
  private readonly people = new Map<number, Contact>();
  private readonly trades = new Map<number, Deal>();
  private readonly photos = new Map<number, Photo>();
  private readonly log: Activity[] = [];
  private lastId = 0;

  constructor() {
    for (const [at, last] of LAST.entries()) {
      for (const first of FIRST) {
        const { id } = this.addContact(`${first} ${last}`, `${first}.${last}@example.com`);
        if ((id + at) % 3 === 0) this.seedDeal(id);
      }
    }
    for (let round = 0; round < 4; round++) {
      for (const { id, name } of this.people.values()) {
        this.note(`${name} was ${DEEDS[(id + round) % DEEDS.length] ?? 'called'}`);
      }
    }
  }

  contacts(search: string | null): Contact[] {
    const wanted = (search ?? '').toLowerCase();
    return [...this.people.values()].filter(({ name, email }) =>
      `${name} ${email}`.toLowerCase().includes(wanted),
    );
  }

  contact(id: number): Contact {
    const contact = this.people.get(id);
    if (contact === undefined) throw new Refused(404, `There is no contact ${id}.`);
    return contact;
  }

  addContact(name: string, email: string): Contact {
    if (!email.includes('@')) {
      const errors = [{ field: 'email', message: 'must be an e-mail address' }];
      throw new Refused(422, 'The request is not valid.', { errors });
    }
    const contact = { id: ++this.lastId, name, email, notes: '' };
    this.people.set(contact.id, contact);
    this.note(`${name} was added`);
    return contact;
  }

  changeContact(id: number, change: unknown): Contact {
    const contact = this.contact(id);
    for (const key of ['name', 'email', 'notes'] as const) {
      const value: unknown =
        typeof change === 'object' && change !== null ? Reflect.get(change, key) : undefined;
      if (typeof value === 'string') contact[key] = value;
    }
    this.note(`${contact.name} was changed`);
    return contact;
  }

  removeContact(id: number): void {
    const { name } = this.contact(id);
    this.people.delete(id);
    this.photos.delete(id);
    this.note(`${name} was removed`);
  }

  setPhoto(id: number, photo: Photo): void {
    this.photos.set(this.contact(id).id, photo);
  }

  photo(id: number): Photo {
    const photo = this.photos.get(this.contact(id).id);
    if (photo === undefined) throw new Refused(404, `Contact ${id} has no photo.`);
    return photo;
  }

  deals(stage: Stage | undefined): Deal[] {
    return [...this.trades.values()].filter((deal) => stage === undefined || deal.stage === stage);
  }

  addDeal(json: unknown): Deal {
    const read = (name: string): unknown =>
      typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
    const contactId = this.contact(Number(read('contactId'))).id;
    const title = read('title');
    const deal: Deal = {
      id: ++this.lastId,
      contactId,
      title: typeof title === 'string' ? title : 'Untitled',
      valueEur: Number(read('valueEur') ?? 0),
      stage: 'new',
    };
    this.trades.set(deal.id, deal);
    this.note(`the deal "${deal.title}" was opened`);
    return deal;
  }

  moveDeal(id: number, stage: Stage | undefined): Deal {
    const deal = this.trades.get(id);
    if (deal === undefined) throw new Refused(404, `There is no deal ${id}.`);
    if (deal.stage === 'won' || deal.stage === 'lost') {
      throw new Refused(409, `The deal is ${deal.stage}; it cannot be moved any more.`);
    }
    if (stage !== undefined) deal.stage = stage;
    this.note(`the deal "${deal.title}" is now ${deal.stage}`);
    return deal;
  }

  pipeline(): Record<string, { count: number; valueEur: number }> {
    const report: Record<string, { count: number; valueEur: number }> = {};
    for (const stage of STAGES) {
      const deals = this.deals(stage);
      const valueEur = deals.reduce((sum, deal) => sum + deal.valueEur, 0);
      report[stage] = { count: deals.length, valueEur };
    }
    return report;
  }

  /** Everything that ever happened: long, as such reports are. */
  activity(): readonly Activity[] {
    return this.log;
  }

  csv(): string {
    const rows = this.deals(undefined).map(({ id, contactId, title, valueEur, stage }) =>
      [id, contactId, `"${title}"`, valueEur, stage].join(','),
    );
    return ['id,contactId,title,valueEur,stage', ...rows, ''].join('\n');
  }

  private seedDeal(contactId: number): void {
    const good = GOODS[contactId % GOODS.length] ?? 'Ropes';
    const deal = this.addDeal({
      contactId,
      title: `${good} for ${this.contact(contactId).name}`,
      valueEur: (contactId * 137) % 5000,
    });
    deal.stage = STAGES[contactId % STAGES.length] ?? 'new';
  }

  private note(text: string): void {
    const day = new Date(Date.UTC(2026, 0, 1) + this.log.length * 3_600_000);
    this.log.push({ at: day.toISOString(), text: `${day.toISOString().slice(0, 10)}: ${text}.` });
  }
}
