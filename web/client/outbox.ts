/** Outcomes wait here until the edge has them: written down first, sent in batches, each counted once by its id. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Api, ApiError } from "./api";
import type { Outcome, OutcomeAnswer, Verb } from "./types";

const BATCH = 100;
const RETRY_MS = 5_000;

interface Schema extends DBSchema {
  outcomes: { key: string; value: Outcome & { who: string; n: number } };
}

export class Outbox {
  #waiting = new Map<string, Outcome>();
  #database: Promise<IDBPDatabase<Schema> | null>;
  #sending: Promise<void> | null = null;
  #listeners = new Set<(answer: OutcomeAnswer) => void>();
  #count = 0;
  #ready: Promise<void>;

  /** `who` keeps the outcomes of people who share a browser apart. */
  constructor(
    private readonly api: Api,
    private readonly who: string,
  ) {
    this.#database = openDB<Schema>("midflow", 1, {
      upgrade: (database) => void database.createObjectStore("outcomes", { keyPath: "id" }),
    }).catch(() => null);
    this.#ready = this.#restore();
    addEventListener("online", this.#flushQuietly);
  }

  onAnswer(listener: (answer: OutcomeAnswer) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Writes an outcome down and begins to send; returns its id. */
  add(verb: Verb, unit: string, more: Omit<Partial<Outcome>, "id" | "verb" | "unit" | "time"> = {}): string {
    const outcome: Outcome = { id: crypto.randomUUID(), verb, unit, time: new Date().toISOString(), ...more };
    this.#waiting.set(outcome.id, outcome);
    this.#count += 1;
    const kept = { ...outcome, who: this.who, n: Date.now() * 1000 + (this.#count % 1000) };
    void this.#database.then((database) => database?.put("outcomes", kept)).catch(() => undefined);
    this.#flushQuietly();
    return outcome.id;
  }

  /** Sends all that waits; resolves when it is sent or cannot be now. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  close(): void {
    removeEventListener("online", this.#flushQuietly);
  }

  #flushQuietly = (): void => {
    void this.flush().catch(() => undefined);
  };

  async #send(): Promise<void> {
    await this.#ready;
    while (this.#waiting.size) {
      const batch = [...this.#waiting.values()].slice(0, BATCH);
      let answer: OutcomeAnswer;
      try {
        answer = await this.api.post<OutcomeAnswer>("/v1/outcomes", { outcomes: batch });
      } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return;
        setTimeout(this.#flushQuietly, RETRY_MS);
        return;
      }
      // What the edge refused it would refuse again.
      await this.#forget(batch.map((outcome) => outcome.id));
      for (const listener of this.#listeners) listener(answer);
    }
  }

  async #restore(): Promise<void> {
    const database = await this.#database;
    const kept = (await database?.getAll("outcomes").catch(() => [])) ?? [];
    for (const { who, n: _, ...outcome } of kept.filter((row) => row.who === this.who).sort((a, b) => a.n - b.n))
      if (who) this.#waiting.set(outcome.id, outcome);
    if (this.#waiting.size) setTimeout(this.#flushQuietly, 0);
  }

  async #forget(ids: string[]): Promise<void> {
    for (const id of ids) this.#waiting.delete(id);
    const database = await this.#database;
    await Promise.all(ids.map((id) => database?.delete("outcomes", id))).catch(() => undefined);
  }
}
