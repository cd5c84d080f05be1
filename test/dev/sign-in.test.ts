// Signing in to the local stack.
import { env } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { signInRoutes } from "../../dev/sign-in.ts";
import { call } from "../support/call.ts";

const post = (body: string, bindings = { CLERK_PRIVATE_KEY: env.TEST_CLERK_PRIVATE_KEY }) =>
  signInRoutes.request("/", { method: "POST", body }, bindings);

describe("the sign-in endpoint", () => {
  it("sets a session cookie that the service accepts and that scripts can read, like Clerk's", async () => {
    const response = await post('{"orgId":"org_any","userId":"user_any"}');
    expect(await response.json()).toMatchObject({ orgId: "org_any", userId: "user_any" });
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__session=[\w.-]+; Path=\/; SameSite=Lax$/);
    const [session = ""] = cookie.split(";");
    expect((await call("/api/voices", { headers: { Cookie: session } })).status).toBe(200);
  });

  it("sets the time of the sign-in, which Clerk's middleware compares with the token's", async () => {
    const cookies = (await post('{"orgId":"org_any"}')).headers.getSetCookie();
    const token = /^__session=([\w.-]+)/.exec(cookies[0] ?? "")?.[1] ?? "";
    const signedInAt = Number(/^__client_uat=(\d+); Path=\/; SameSite=Lax$/.exec(cookies[1] ?? "")?.[1]);
    const { iat } = decodeJwt(token);
    expect(signedInAt).toBeLessThanOrEqual(Number(iat));
    expect(signedInAt).toBeGreaterThan(Number(iat) - 60);
  });

  it.each([
    ["a body that is not JSON", "org_any", "expected object"],
    ["a missing organisation", "{}", "orgId is required"],
    ["an organisation with a space", '{"orgId":"org any"}', "orgId must have 1 to 64 characters"],
    ["an empty user", '{"orgId":"org_any","userId":""}', "userId must have 1 to 64 characters"],
  ])("rejects %s with 400 and says what is valid", async (_case, body, message) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await response.json()) as unknown).toEqual({ error: expect.stringContaining(message) });
    expect(response.headers.has("Set-Cookie")).toBe(false);
  });

  it("responds with 409 when the developer uses their own Clerk keys", async () => {
    const response = await signInRoutes.request("/", { method: "POST", body: '{"orgId":"org_any"}' }, {});
    expect(response.status).toBe(409);
    expect(response.headers.has("Set-Cookie")).toBe(false);
  });

  it("deletes the cookies on DELETE", async () => {
    const response = await signInRoutes.request("/", { method: "DELETE" });
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()).toEqual([
      "__session=; Max-Age=0; Path=/",
      "__client_uat=; Max-Age=0; Path=/",
    ]);
  });
});
