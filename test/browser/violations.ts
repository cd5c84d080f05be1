// What axe-core finds in a page of the console, and how far it scrolls sideways.
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { ConsolePage } from "./console-page.ts";

/** The violations that axe-core finds, each with the elements concerned: of `rules`, or of all. */
export async function findViolations(
  { page, consoleErrors }: ConsolePage,
  rules?: string[],
): Promise<string[]> {
  const before = consoleErrors.length;
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(
      runOnly ? { runOnly } : {},
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  }, rules);
  // axe-core sets inline styles, which the page's CSP blocks with an error: not an error of the page.
  consoleErrors.length = before;
  return found;
}

export const overflowPixels = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Expects that axe-core finds nothing in `state`, and that nothing scrolls sideways. */
export const expectAccessible = async (opened: ConsolePage, state: string): Promise<void> =>
  expect([state, await findViolations(opened), await overflowPixels(opened.page)]).toEqual([state, [], 0]);
