// Each error as a user of the local console meets it, and the way on from there. Needs chromium.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import {
  type ConsolePage,
  create,
  fillForm,
  fixturePath,
  newOrg,
  openConsole,
  positionIn,
  signIn,
  subscribe,
  voiceCard,
} from "./console-page.ts";

const CREATE = "**/api/voices/create?*";

let stack: LocalStack;
let browser: Browser;
let opened: ConsolePage;
let page: Page;
let orgId: string;

beforeAll(async () => {
  stack = await startLocalStack();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});
beforeEach(async () => {
  opened = await openConsole(browser, stack);
  ({ page } = opened);
  orgId = newOrg();
  await signIn(page, orgId);
  return async () => {
    await opened.context.close();
    await fetch(`${stack.url}/__dev/polar`, { method: "DELETE" });
    expect(opened.complaints).toEqual([]);
  };
});

const SPEECH = fixturePath("speech.mp3");
const trouble = () => page.getByRole("alert").filter({ has: page.getByRole("heading") });
const saysTrouble = (title: string) => trouble().getByRole("heading", { name: title }).waitFor();
const isMade = (name: string) => voiceCard(page, name).getByText("New", { exact: true }).waitFor();

describe("without a subscription", () => {
  it("a voice is not made, until the local subscription is switched on from there", async () => {
    await fillForm(page, "Paid for", SPEECH);
    await create(page);
    await saysTrouble("A subscription is needed");
    await trouble().getByRole("button", { name: "Switch the local subscription on, and go on" }).click();
    await isMade("Paid for");
    const subscription = page.getByRole("switch", { name: `Subscription of ${orgId}` });
    await expect.poll(() => subscription.isChecked()).toBe(true);
  });

  it("the switch takes it away, too", async () => {
    const subscription = page.getByRole("switch", { name: `Subscription of ${orgId}` });
    await subscription.click();
    await expect.poll(() => subscription.isChecked()).toBe(true);
    await subscription.click();
    await expect.poll(() => subscription.isChecked()).toBe(false);
    await fillForm(page, "Not paid for", SPEECH);
    await create(page);
    await saysTrouble("A subscription is needed");
  });
});

describe("with a subscription", () => {
  beforeEach(() => subscribe(stack, orgId));

  it("a form without a recording asks for one", async () => {
    await page.getByRole("link", { name: "New voice" }).click();
    await create(page);
    await page.getByText("Choose a file or record one first.").waitFor();
  });

  it("what is wrong with a field stands beside it", async () => {
    await fillForm(page, " ", SPEECH);
    await page.locator("#voice-language").fill("not a tag");
    await create(page);
    await saysTrouble("Something is missing or not right");
    expect(await trouble().evaluate((box) => box === document.activeElement)).toBe(true);
    const name = page.getByLabel("Name", { exact: true });
    const language = page.locator("#voice-language");
    const explanationOf = async (id: string | null) => page.locator(`#${id}`).textContent();
    expect(await explanationOf(await name.getAttribute("aria-describedby"))).toBe("Voice name is required");
    expect(await explanationOf(await language.getAttribute("aria-describedby"))).toContain("BCP 47");
    await name.fill("Named");
    await language.fill("en-GB");
    await create(page);
    await isMade("Named");
  });

  it("a session that ended is opened again, and the upload goes on", async () => {
    await fillForm(page, "Carried on", SPEECH);
    await opened.context.clearCookies();
    await create(page);
    await saysTrouble("You are signed out");
    await trouble()
      .getByRole("button", { name: `Sign in again as ${orgId}` })
      .click();
    await isMade("Carried on");
  });

  it.each([
    ["too large", large(), "The recording is too large"],
    ["too short", fixturePath("short.mp3"), "The recording is too short"],
    ["no audio", text(), "This is not a recording that can be read"],
  ])("a recording that is %s is told from a good one", async (_fault, recording, title) => {
    await fillForm(page, "Second try", recording);
    await create(page);
    await saysTrouble(title);
    await trouble().getByRole("button", { name: "Choose another recording" }).click();
    await page.locator('input[type="file"]').setInputFiles(SPEECH);
    await create(page);
    await isMade("Second try");
  });

  it("an organisation that uploads too often is told how long to wait", async () => {
    const statuses = await page.evaluate(async () => {
      const start = async () => (await fetch("/api/voices/create", { method: "POST" })).status;
      return Promise.all(Array.from({ length: 31 }, start));
    });
    expect(statuses).toContain(429);
    await fillForm(page, "Too often", SPEECH);
    await create(page);
    await saysTrouble("Too many uploads in a short time");
    const retry = trouble().getByRole("button", { name: /^Try again in \d+ s$/ });
    expect(await retry.isDisabled()).toBe(true);
    const first = await retry.textContent();
    await expect.poll(() => retry.textContent(), { timeout: 5_000 }).not.toBe(first);
  });

  it("a connection that is lost is told, and the same upload tried again", async () => {
    const keys: (string | undefined)[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/voices/create")) keys.push(request.headers()["idempotency-key"]);
    });
    await fillForm(page, "Online again", SPEECH);
    await page.route(CREATE, (route) => route.abort("internetdisconnected"));
    await create(page);
    await saysTrouble("The connection was lost");
    await page.unroute(CREATE);
    await trouble().getByRole("button", { name: "Try again" }).click();
    await isMade("Online again");
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[\w-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
  });
});

describe("when Polar fails", () => {
  const plan = async (target: string, kind: string, times: string) => {
    await page.getByLabel("What fails").selectOption(target);
    await page.getByLabel("How it fails").selectOption(kind);
    await page.getByLabel("times").fill(times);
    await page.getByRole("button", { name: "Plan it" }).click();
    await page.getByText(`${times} more`).waitFor();
  };

  it("the upload is being checked meanwhile, and can be repeated after the time that the service asks for", async () => {
    await plan("customers", "hang", "1");
    await fillForm(page, "In the end", SPEECH);
    await create(page);
    await page.getByText("Checking the recording…").waitFor();
    await saysTrouble("That did not work");
    await trouble().getByText("could not be checked right now").first().waitFor();
    await subscribe(stack, orgId);
    await trouble().getByRole("button", { name: "Try again", exact: true }).click({ timeout: 20_000 });
    await isMade("In the end");
  }, 90_000);

  it("an event waits, and the cron brings it", async () => {
    await subscribe(stack, orgId);
    await plan("events", "status 503", "3");
    await fillForm(page, "Metered late", SPEECH);
    await create(page);
    await isMade("Metered late");
    const event = page.locator("#billing-panel li", { hasText: orgId });
    await expect.poll(() => page.getByText("2 more times").count()).toBe(1);
    expect(await event.count()).toBe(0);
    await page.getByRole("button", { name: "Forget the faults" }).click();
    await page.getByLabel("As if it were").selectOption({ label: "as of an hour from now" });
    await page.getByRole("button", { name: "Run the cron" }).click();
    await event.getByText("voice_creation").waitFor();
  });
});

it("an audio that is refused says why, and plays once that is mended", async () => {
  await voiceCard(page, "Aaron").locator('[data-drawn="true"]').waitFor();
  await opened.context.clearCookies();
  await page.getByRole("button", { name: "Play Aaron" }).click();
  await page.getByText("401: Your session has ended.").waitFor();
  await page.getByRole("button", { name: `Sign in again as ${orgId}` }).click();
  await page.getByRole("button", { name: "Pause Aaron" }).waitFor();
  const position = async () => Number(await positionIn(page, "Aaron").inputValue());
  await expect.poll(position).toBeGreaterThan(0.3);
});

it("a list that can't be had says so, and is there after another try", async () => {
  await page.route("**/api/generations?*", (route) => route.abort("internetdisconnected"));
  await page.getByRole("link", { name: "Generations" }).click();
  await page.getByRole("button", { name: "Look again" }).click();
  await saysTrouble("No answer");
  await page.unroute("**/api/generations?*");
  await trouble().getByRole("button", { name: "Try again" }).click();
  await page.getByText("Nothing like that was generated").waitFor();
});

it("a microphone that is refused is told", async () => {
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  });
  await page.getByRole("link", { name: "New voice" }).click();
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByText("The microphone can't be used.").waitFor();
});

function large() {
  return { name: "large.wav", mimeType: "audio/wav", buffer: Buffer.alloc(21 * 1024 * 1024) };
}

function text() {
  return { name: "letter.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("Dear Grandma, ".repeat(500)) };
}
