/** Server-sent events read from a fetch body, which carries a token where EventSource cannot. */

export interface ServerEvent {
  event: string;
  data: string;
}

/** Feed it text as it comes; it calls back for each whole event. */
export class SseParser {
  #rest = "";

  constructor(private readonly on: (event: ServerEvent) => void) {}

  push(text: string): void {
    const parts = (this.#rest + text).replace(/\r\n?/g, "\n").split("\n\n");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) this.#event(part);
  }

  #event(text: string): void {
    let event = "message";
    const data: string[] = [];
    for (const line of text.split("\n")) {
      const [name, value] = split(line);
      if (name === "event") event = value;
      else if (name === "data") data.push(value);
    }
    if (data.length) this.on({ event, data: data.join("\n") });
  }
}

function split(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
