/** What is on offer, kept current: a stream, and a poll with an ETag where a stream does not get through. */

import { type Api, ApiError } from "./api";
import { SseParser } from "./sse";
import type { Offer } from "./types";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
const POLL_MS = 15_000;
const FAILURES_BEFORE_POLL = 3;

export interface OfferEvents {
  offer(offer: Offer): void;
  withdraw(id: string): void;
  release?(number: number): void;
}

export class OfferFeed {
  #stop = new AbortController();
  #failures = 0;
  #etag = "";
  #known = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly on: OfferEvents,
  ) {}

  start(): void {
    this.#stop = new AbortController();
    void this.#run(this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#failures < FAILURES_BEFORE_POLL) await this.#stream(signal);
        else await this.#poll(signal);
      } catch (error) {
        if (signal.aborted) return;
        // Nobody is signed in: asking again and again would help nobody.
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return;
        this.#failures += 1;
      }
      await pause(Math.min(FIRST_WAIT * 2 ** Math.min(this.#failures, 6), LONGEST_WAIT), signal);
    }
  }

  async #stream(signal: AbortSignal): Promise<void> {
    const answer = await this.api.send("/v1/stream", { signal });
    if (!answer.body) throw new Error("no body to read");
    const parser = new SseParser(({ event, data }) => this.#heard(event, JSON.parse(data)));
    const reader = answer.body.pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#failures = 0;
      parser.push(value);
    }
  }

  /** A poll tells what there is; what is gone is told as a withdrawal. */
  async #poll(signal: AbortSignal): Promise<void> {
    const headers = this.#etag ? { "if-none-match": this.#etag } : undefined;
    const answer = await this.api.send("/v1/offers", { signal, ...(headers && { headers }) });
    if (answer.status !== 304) {
      this.#etag = answer.headers.get("etag") ?? "";
      const { offers } = (await answer.json()) as { offers: Offer[] };
      const now = new Set(offers.map((offer) => offer.id));
      for (const id of [...this.#known]) if (!now.has(id)) this.#heard("withdraw", { id });
      for (const offer of [...offers].reverse()) if (!this.#known.has(offer.id)) this.#heard("offer", offer);
    }
    await pause(POLL_MS, signal);
  }

  #heard(event: string, data: unknown): void {
    if (event === "offer") {
      const offer = data as Offer;
      this.#known.add(offer.id);
      this.on.offer(offer);
    } else if (event === "withdraw") {
      const { id } = data as { id: string };
      this.#known.delete(id);
      this.on.withdraw(id);
    } else if (event === "release") {
      this.on.release?.((data as { number: number }).number);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
