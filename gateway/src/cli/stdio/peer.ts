/** The gateway as the bridge sees it: one HTTP request at a time, however it travels. */

/** One HTTP request to the endpoint. */
export interface Asking {
  readonly httpMethod: 'POST' | 'GET' | 'DELETE';
  /** Names in lower case; `host`, `accept` and `content-type` are not the bridge's business. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET and DELETE. */
  readonly message: Buffer;
}

/** Hears one answer: its head once, any number of messages, its end once. */
export interface Hearing {
  head(status: number, sessionId: string): void;
  /** @param eventId the id that the stream gave it last; '' where it gave none */
  message(text: string, eventId: string): void;
  /** @param why '' where the answer is complete, otherwise what broke it */
  end(why: string): void;
}

export interface Peer {
  /** @returns what ends it: nothing is heard from then on */
  ask(asking: Asking, hearing: Hearing): () => void;
}

/** How the bridge comes to a gateway. */
export interface Reach {
  /** The gateway, or why there is none just now; never rejects. */
  peer(): Promise<Peer | string>;
  /** From now on `task` is run whenever another gateway has taken the place of the one before. */
  onChange(task: () => void): void;
  /** Resolves when everything that belongs to it is closed. */
  close(): Promise<void>;
}
