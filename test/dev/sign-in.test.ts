// The door of the local stack: whom it lets in, and what it refuses.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { signIn } from "../../dev/sign-in.ts";
import { call } from "../support/call.ts";

const post = (body: string, bindings = { CLERK_PRIVATE_KEY: env.TEST_CLERK_PRIVATE_KEY }) =>
  signIn.request("/", { method: "POST", body }, bindings);

describe("signing in", () => {
  it("gives a cookie that the service takes, readable by the page as Clerk's is", async () => {
    const response = await post('{"orgId":"org_any","userId":"user_any"}');
    expect(await response.json()).toMatchObject({ orgId: "org_any", userId: "user_any" });
    const cookie = response.headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(/^__session=[\w.-]+; Path=\/; SameSite=Lax$/);
    const [session = ""] = cookie.split(";");
    expect((await call("/api/voices", { headers: { Cookie: session } })).status).toBe(200);
  });

  it.each([
    ["no JSON", "org_any", "expected object"],
    ["no organisation", "{}", "orgId is needed"],
    ["an organisation with a blank", '{"orgId":"org any"}', "orgId has 1 to 64 letters"],
    ["an empty user", '{"orgId":"org_any","userId":""}', "userId has 1 to 64 letters"],
  ])("refuses %s, and says what would do", async (_fault, body, words) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await response.json()) as unknown).toEqual({ error: expect.stringContaining(words) });
    expect(response.headers.has("Set-Cookie")).toBe(false);
  });

  it("is left to the developer's own Clerk where there is one", async () => {
    const response = await signIn.request("/", { method: "POST", body: '{"orgId":"org_any"}' }, {});
    expect(response.status).toBe(409);
    expect(response.headers.has("Set-Cookie")).toBe(false);
  });

  it("ends by deleting the cookie", async () => {
    const response = await signIn.request("/", { method: "DELETE" });
    expect(response.status).toBe(204);
    expect(response.headers.get("Set-Cookie")).toMatch(/^__session=; Max-Age=0; Path=\//);
  });
});
