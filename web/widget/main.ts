/** The core: takes over from the loader and answers the calls that waited. */

import { Widget } from "./widget";

interface Page {
  Midflow?: { q?: [string, unknown[]][] };
}

const page = window as unknown as Page;
const waiting = page.Midflow?.q ?? [];
const widget = new Widget();
const calls: Record<string, (...given: never[]) => unknown> = {
  init: widget.init,
  context: widget.context,
  start: widget.start,
  open: widget.open,
  stop: widget.stop,
  on: widget.on,
  reset: widget.reset,
};

/** Whatever goes wrong in here stays in here: the host page never sees an exception of ours. */
function guarded(call: (...given: never[]) => unknown): (...given: never[]) => void {
  return (...given) => {
    try {
      const result = call(...given);
      if (result instanceof Promise) result.catch(quiet);
    } catch (error) {
      quiet(error);
    }
  };
}

let said = false;

function quiet(error: unknown): void {
  if (!said) console.info("Midflow:", error instanceof Error ? error.message : error);
  said = true;
}

const api = Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guarded(call)]));
Object.assign(page, { Midflow: api });
for (const [name, given] of waiting) (api[name] as ((...given: unknown[]) => void) | undefined)?.(...given);
