/** What the host page loads: keeps calls until the core is there, and asks for it when the page has settled. */

interface Stub {
  q: [string, unknown[]][];
  [call: string]: unknown;
}

declare const __CORE__: string;

((page: Window & { Midflow?: Stub }) => {
  if (page.Midflow) return;
  const script = document.currentScript as HTMLScriptElement | null;
  const base = new URL(script?.src ?? location.href).origin;
  const stub: Stub = { q: [] };
  for (const call of ["init", "context", "start", "open", "stop", "on", "reset"])
    stub[call] = (...given: unknown[]) => void stub.q.push([call, given]);
  page.Midflow = stub;
  const tokens = script?.dataset.tokenUrl;
  if (tokens) stub.q.push(["init", [{ base, tokenUrl: tokens }]]);
  const load = () => import(/* @vite-ignore */ base + __CORE__).catch(() => console.info("Midflow could not be loaded; this page works without it."));
  // The studio opens the host with this mark, for an author who wants to pick an element on it.
  if (location.hash.includes("midflow-pick")) void import(/* @vite-ignore */ `${base}/picker.js`);
  if (document.readyState === "complete") void load();
  else addEventListener("load", () => void load(), { once: true });
})(window as Window & { Midflow?: Stub });
