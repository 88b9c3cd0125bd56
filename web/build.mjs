/** Builds pages, widget and loader into the Python package, and holds them to their sizes. */

import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const ROOT = dirname(fileURLToPath(import.meta.url));
const OUT = join(ROOT, "../midflow/web_assets");
const BASE = "/static/mf/";

/** Largest compressed sizes in bytes: of an entry with all that it loads at once. */
const LIMITS = { loader: 1024, picker: 8192, guiding: 12_288, widget: 16_384, player: 24_576, app: 40_960, demo: 20_480 };

const TYPES = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8" };

async function pages() {
  const input = { app: join(ROOT, "app/index.html"), demo: join(ROOT, "demo/index.html"), widget: join(ROOT, "widget/main.ts") };
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    base: BASE,
    build: {
      outDir: OUT,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: false,
      manifest: false,
      rollupOptions: { input, output: { entryFileNames: "assets/[name]-[hash].js", chunkFileNames: "assets/[name]-[hash].js", assetFileNames: "assets/[name]-[hash][extname]" } },
    },
  });
  return result.output;
}

/** A script in one piece that a host page loads by its fixed address. */
async function script(entry, name, define = {}) {
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    define,
    build: { write: false, target: "es2022", lib: { entry: join(ROOT, entry), formats: ["iife"], name: "midflow" } },
  });
  const code = [result].flat()[0].output[0].code;
  await writeFile(join(OUT, name), code);
  return code;
}

const size = (code) => gzipSync(code).length;

/** What an entry loads at once: itself and its static imports. */
function together(output, file, seen = new Set()) {
  if (seen.has(file)) return "";
  seen.add(file);
  const chunk = output.find((one) => one.fileName === file);
  return chunk.code + chunk.imports.map((one) => together(output, one, seen)).join("");
}

async function manifest() {
  const entries = { "/embed.js": file("embed.js", false), "/picker.js": file("picker.js", false), "/app/": file("app/index.html", false), "/demo/": file("demo/index.html", false) };
  for (const name of await readdir(join(OUT, "assets"))) entries[`${BASE}assets/${name}`] = file(`assets/${name}`, true);
  await writeFile(join(OUT, "manifest.json"), `${JSON.stringify(entries, null, 1)}\n`);
}

function file(path, immutable) {
  return { file: path, type: TYPES[path.slice(path.lastIndexOf("."))], immutable };
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const output = await pages();
// A script and the style sheet that comes with it have the same name: the larger one is the script.
const chunk = (name) => output.filter((one) => one.type === "chunk" && one.name === name).sort((one, other) => other.code.length - one.code.length)[0];
const core = JSON.stringify(BASE + chunk("widget").fileName);
const sizes = { loader: size(await script("widget/loader.ts", "embed.js", { __CORE__: core })), picker: size(await script("widget/picker.ts", "picker.js")) };
for (const name of ["widget", "player", "app", "demo"]) sizes[name] = size(together(output, chunk(name).fileName));
// A guide begins in a unit that is being played: what the player brought is there.
const played = new Set();
together(output, chunk("player").fileName, played);
sizes.guiding = size(together(output, chunk("guiding").fileName, played));
await manifest();

let tooLarge = false;
for (const [name, bytes] of Object.entries(sizes)) {
  const over = bytes > LIMITS[name];
  tooLarge ||= over;
  console.log(`${name.padEnd(8)} ${String(bytes).padStart(6)} B gzip (at most ${LIMITS[name]})${over ? "  TOO LARGE" : ""}`);
}
if (tooLarge) process.exit(1);
