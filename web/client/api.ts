/** Calls to the edge: a token fetched when it is needed, problems as errors with words. */

import type { Token } from "./types";

const EARLY_MS = 30_000;

/** An answer that is no success (RFC 9457). `status` 0: the edge was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly login?: string,
    /** Whether it is the sample organisation that says so. */
    readonly sample = false,
  ) {
    super(detail);
  }
}

export class Api {
  #token = "";
  #until = 0;
  #fetching: Promise<string> | null = null;

  constructor(
    readonly base: string,
    private readonly fetchToken: () => Promise<Token | string>,
  ) {}

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.send(path, { signal: signal ?? null })).json() as Promise<T>;
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#write<T>("POST", path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#write<T>("PUT", path, body);
  }

  async #write<T>(method: string, path: string, body: unknown): Promise<T> {
    const headers = { "content-type": "application/json" };
    return (await this.send(path, { method, headers, body: JSON.stringify(body), keepalive: true })).json() as Promise<T>;
  }

  /** Sends once more with a fresh token where the edge did not take the first. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    let answer = await this.#once(path, init);
    if (answer.status === 401) {
      this.#until = 0;
      answer = await this.#once(path, init);
    }
    if (answer.ok || answer.status === 304) return answer;
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string; login?: string };
    throw new ApiError(answer.status, problem.detail ?? `The answer was ${answer.status}.`, problem.login);
  }

  async #once(path: string, init: RequestInit): Promise<Response> {
    const token = await this.#current();
    const headers = { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${token}` };
    try {
      return await fetch(this.base + path, { ...init, headers, credentials: "omit" });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError(0, "Midflow cannot be reached right now.");
    }
  }

  #current(): Promise<string> {
    if (this.#token && Date.now() < this.#until - EARLY_MS) return Promise.resolve(this.#token);
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #renew(): Promise<string> {
    const found = await this.fetchToken();
    const [token, expires] = typeof found === "string" ? [found, undefined] : [found.token, found.expires];
    this.#token = token;
    this.#until = typeof expires === "number" ? expires * 1000 : expires ? Date.parse(expires) : Date.now() + 300_000;
    return token;
  }
}

/** A token from an address of the same origin that answers `{token, expires}`. */
export function tokenFrom(url: string): () => Promise<Token> {
  return async () => {
    const answer = await fetch(url, { credentials: "same-origin", headers: { accept: "application/json" } }).catch(() => {
      throw new ApiError(0, "The sign-in cannot be reached right now.");
    });
    const body = (await answer.json().catch(() => ({}))) as Partial<Token> & { detail?: string; login?: string; sample?: boolean };
    if (!answer.ok || !body.token) throw new ApiError(answer.status, body.detail ?? "Not signed in.", body.login, body.sample);
    return { token: body.token, expires: body.expires ?? 0 };
  };
}
