// Which requests are sent to the app's sign-in page, and where they return to.
import { describe, expect, it } from "vitest";
import { signInLocation } from "../../src/auth/sign-in-redirect.ts";

const SIGN_IN = "https://app.example.com/sign-in";
const PAGE = "https://app.example.com/api/audio/gen_1";
const NAVIGATION = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
const NOW = Date.parse("2026-11-26T12:00:00.500Z");
const NOW_SECONDS = Math.floor(NOW / 1000);

const locationOf = (url = PAGE, init: RequestInit = { headers: NAVIGATION }, signIn?: string) =>
  signInLocation(new Request(url, init), signIn ?? SIGN_IN, NOW);

/** The address that the sign-in page returns to. */
const returnUrlOf = (location: string | null) => new URL(location ?? "").searchParams.get("redirect_url");

describe("a document navigation", () => {
  it("goes to the configured page, with the requested address as redirect_url", () => {
    const location = locationOf();
    expect(location?.startsWith(`${SIGN_IN}?redirect_url=`)).toBe(true);
    expect(returnUrlOf(location)).toBe(`${PAGE}?sign_in_at=${NOW_SECONDS}`);
  });

  it("keeps the query of the requested address and of the sign-in page", () => {
    const location = locationOf(`${PAGE}?a=1&b=%26`, undefined, "https://accounts.example.com/in?tenant=7");
    expect(new URL(location ?? "").searchParams.get("tenant")).toBe("7");
    expect(returnUrlOf(location)).toBe(`${PAGE}?a=1&b=%26&sign_in_at=${NOW_SECONDS}`);
  });

  it.each([
    `${PAGE}?redirect_url=https://evil.example`,
    `${PAGE}?redirect_url=https://evil.example&sign_in_at=1`,
    `${PAGE}//evil.example/%2e%2e`,
    "https://app.example.com//evil.example",
  ])("%s goes to the configured page, and returns to its own origin", (url) => {
    const location = new URL(locationOf(url) ?? "");
    expect(location.origin + location.pathname).toBe(SIGN_IN);
    expect(location.searchParams.getAll("redirect_url")).toHaveLength(1);
    expect(new URL(returnUrlOf(location.href) ?? "").origin).toBe("https://app.example.com");
  });

  it("that is back from the sign-in page within 30 seconds is not sent there again", () => {
    const back = (secondsAgo: number) => locationOf(`${PAGE}?sign_in_at=${NOW_SECONDS - secondsAgo}`);
    expect([0, 5, 30].map(back)).toEqual([null, null, null]);
  });

  it("that is reloaded a minute later is sent again, with the time of that", () => {
    for (const sentAt of [NOW_SECONDS - 60, NOW_SECONDS + 3600, "x", ""]) {
      expect(returnUrlOf(locationOf(`${PAGE}?sign_in_at=${sentAt}`))).toBe(
        `${PAGE}?sign_in_at=${NOW_SECONDS}`,
      );
    }
  });
});

describe("no other request is redirected:", () => {
  it.each<[string, RequestInit]>([
    ["without Fetch Metadata", {}],
    ["fetch", { headers: { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" } }],
    ["an audio element", { headers: { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "audio" } }],
    ["a frame", { headers: { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" } }],
    ["a download", { headers: { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "empty" } }],
    ["a HEAD", { method: "HEAD", headers: NAVIGATION }],
    ["a form", { method: "POST", headers: NAVIGATION }],
  ])("%s", (_kind, init) => expect(locationOf(PAGE, init)).toBeNull());

  it("any, when SIGN_IN_URL is unset", () => {
    expect(signInLocation(new Request(PAGE, { headers: NAVIGATION }), undefined, NOW)).toBeNull();
  });
});
