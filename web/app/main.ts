/** The app: what is worth doing today, what one can do, what one has settled, and what is known. */

import { sheet } from "../ui/dom";
import page from "../ui/page.css?inline";
import playerCss from "../ui/player.css?inline";
import tokens from "../ui/tokens.css?inline";
import css from "./app.css?inline";
import { held } from "./held";
import own from "./own.css?inline";
import { proving } from "./prove";
import { settings } from "./settings";
import { Shell } from "./shell";
import { skills } from "./skills";
import { today } from "./today";

document.adoptedStyleSheets = [tokens, page, playerCss, css, own].map(sheet);

void new Shell([today, skills, settings, held, proving]).go();
