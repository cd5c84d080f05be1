// The player bar of the console: what it says of audio that does not play or is gone, and what to do. Needs chromium.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  createVoiceElsewhere,
  fixturePath,
  openForm,
  playerBar,
  positionOf,
  signIn,
  voiceCard,
} from "./console-page.ts";
import { audioState, barButton, it, play } from "./player-fixtures.ts";

describe("audio that does not play", () => {
  const failure = (page: Page, title: string) =>
    playerBar(page).getByRole("alert").getByRole("heading", { name: title });

  it("of an expired session plays on from its position after signing in again in the bar", async ({
    page,
    orgId,
  }) => {
    await signIn(page, orgId);
    await voiceCard(page, "Aaron").waitFor();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Play Aaron" }).click();
    await failure(page, "You are signed out").waitFor();
    await playerBar(page)
      .getByRole("button", { name: `Sign in again as ${orgId}` })
      .click();
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(0.3);
    await failure(page, "You are signed out").waitFor({ state: "detached" });
  });

  it("because it was deleted elsewhere is named, leaves the list, and the next one plays", async ({
    page,
    stack,
    subscribedOrg,
  }) => {
    await signIn(page, subscribedOrg);
    const id = await createVoiceElsewhere(page, { name: "Short-lived" });
    await page.reload();
    await voiceCard(page, "Short-lived").waitFor();
    await page.request.delete(`${stack.url}/api/voices/${id}`, { headers: { Origin: stack.url } });
    await page.getByRole("button", { name: "Play Short-lived" }).click();
    await failure(page, "The audio was deleted").waitFor();
    await voiceCard(page, "Short-lived").waitFor({ state: "detached" });
    await barButton(page, "Next").click();
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(0.2);
  });

  it("because the browser cannot decode it is named as such", async ({ page, subscribedOrg }) => {
    await signIn(page, subscribedOrg);
    await createVoiceElsewhere(page, { name: "From Windows" }, "speech.wma");
    await page.reload();
    await page.getByRole("button", { name: "Play From Windows" }).click();
    await failure(page, "This browser cannot decode the recording").waitFor();
  });

  it("while the service is unreachable plays with the retry", async ({ page }) => {
    await signIn(page, "org_demo");
    await page.route("**/api/voices/voice_system_aaron", (route) => route.abort("internetdisconnected"));
    await page.getByRole("button", { name: "Play Aaron" }).click();
    await failure(page, "The service did not respond").waitFor();
    await page.unroute("**/api/voices/voice_system_aaron");
    await barButton(page, "Try again").click();
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(0.3);
  });

  it("because the service has lost the object states its response", async ({ page }) => {
    await signIn(page, "org_demo");
    await page.getByRole("button", { name: "Play Demo voice (missing)" }).click();
    await playerBar(page).getByText("Response 502").waitFor();
  });
});

it("a voice that is deleted in its card leaves the player bar", async ({ page, subscribedOrg }) => {
  await signIn(page, subscribedOrg);
  await createVoiceElsewhere(page, { name: "Short-lived" });
  await page.reload();
  await play(page, "Short-lived");
  await page.getByRole("button", { name: "Delete Short-lived" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await playerBar(page).waitFor({ state: "detached" });
  await expect.poll(async () => (await audioState(page)).paused).toBe(true);
});

it("a chosen file that is removed again leaves the player bar", async ({ page }) => {
  await signIn(page, "org_demo");
  await openForm(page);
  await page.locator('input[type="file"]').setInputFiles(fixturePath("speech.mp3"));
  await play(page, "speech.mp3");
  await page.getByRole("button", { name: "Choose another" }).click();
  await playerBar(page).waitFor({ state: "detached" });
  await expect.poll(async () => (await audioState(page)).paused).toBe(true);
});
