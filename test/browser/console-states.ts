// The states of the console in which its accessibility is tested.
import type { Locator, Page } from "playwright-core";
import { fillForm, fixturePath, signIn, submitForm, voiceCard } from "./console-page.ts";

type Step = (page: Page) => Promise<unknown>;

const LIVE = "**/__dev/live?*";
const VOICES = "**/api/voices?*";
const CREATE = "**/api/voices/create?*";

/** Leaves requests without a response, as while something loads. */
const hold =
  (pattern: string): Step =>
  (page) =>
    page.route(pattern, () => undefined);
const abort =
  (pattern: string): Step =>
  (page) =>
    page.route(pattern, (route) => route.abort());
const click =
  (find: (page: Page) => Locator): Step =>
  (page) =>
    find(page).click();
const button = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first();
/** A notice with the focus does not go. */
const focus =
  (name: string): Step =>
  (page) =>
    button(name)(page).focus();
const link = (name: string) => (page: Page) => page.getByRole("link", { name });
const fill =
  (label: string, text: string): Step =>
  (page) =>
    page.getByLabel(label, { exact: true }).fill(text);
const choose =
  (recording: string): Step =>
  (page) =>
    fillForm(page, "", fixturePath(recording));
/** The views of the sidebar have links on narrow screens only. */
const showView =
  (view: string): Step =>
  (page) =>
    page.evaluate((name) => {
      location.hash = name;
    }, view);
const as =
  (orgId: string): Step =>
  (page) =>
    signIn(page, orgId);
/** Signs in as org_demo, which has voices and generations in every state. */
const demo: Step = async (page) => {
  await signIn(page, "org_demo");
  await voiceCard(page, "Aaron").waitFor();
};
const play: Step = async (page) => {
  await button("Play Aaron")(page).click();
  await button("Pause Aaron")(page).waitFor();
};
const shows =
  (text: string | RegExp): Step =>
  (page) =>
    page.getByText(text).filter({ visible: true }).first().waitFor();
const has =
  (selector: string): Step =>
  (page) =>
    page.locator(selector).filter({ visible: true }).first().waitFor();

/** Each state is reached by its steps; the last one waits for what identifies it. */
export const STATES: Record<string, Step[]> = {
  "the sign-in form": [shows("Another organisation")],
  "a refused sign-in": [fill("Organisation", "no org"), click(button(/^Sign in$/)), shows("orgId must have")],
  "voices, of which one plays": [demo, play],
  "the question before a deletion": [
    demo,
    click(button(/^Delete Demo voice \(ready\)/)),
    has("dialog[open]"),
  ],
  "voices that are loading": [hold(VOICES), as("org_demo"), has(".skeleton")],
  "voices that could not be loaded": [abort(VOICES), as("org_demo"), has(".error-box")],
  "a search without a result": [demo, fill("Search voices", "no such voice"), shows("No voice matches")],
  generations: [demo, click(link("Generations")), shows("ran out of memory")],
  "no voices of its own": [as("org_free"), shows("You have no voices of your own yet.")],
  "audio that does not play": [demo, click(button("Play Demo voice (missing)")), shows("Response 502")],
  "a copied link": [demo, click(button("Copy a link to Aaron")), has(".card-message time")],
  "a voice that is changed to an invalid one": [
    demo,
    click(button("Edit Demo voice (ready)")),
    (page) => page.getByRole("form").getByLabel("Name", { exact: true }).fill(" "),
    click(button("Save")),
    shows("Voice name is required"),
  ],
  "an outdated list": [
    demo,
    click(link("Generations")),
    has("[data-generation]"),
    abort("**/api/generations?*"),
    click(button("Reload")),
    shows("This list is out of date"),
  ],
  "no generations": [as("org_free"), click(link("Generations")), shows("No generations yet")],
  "the requests of the player": [demo, play, showView("requests"), shows("Cache-Status")],
  "Polar with a planned fault": [demo, click(button("Inject")), showView("billing"), shows("1 more time")],
  "a sidebar that is loading": [hold(LIVE), demo, showView("billing"), shows("Loading…")],
  "a sidebar without a stack": [abort(LIVE), demo, showView("requests"), shows("This panel will update")],
  notices: [
    demo,
    (page) => page.context().clearCookies(),
    shows("Your session has ended."),
    focus("Dismiss"),
  ],
  "a chosen recording": [demo, choose("speech.mp3"), shows("speech.mp3")],
  "an invalid field": [demo, choose("speech.mp3"), submitForm, has("[aria-invalid=true]")],
  "an upload": [
    hold(CREATE),
    demo,
    choose("speech.mp3"),
    fill("Name", "A voice"),
    submitForm,
    has("progress"),
  ],
};
