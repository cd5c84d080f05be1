// Signing in as Clerk's front end does: a short-lived token in the cookie `__session`, which the page renews.
import { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { importPKCS8 } from "jose";
import * as z from "zod";
import { signSessionToken } from "./clerk.ts";

/** As long as Clerk's own last. */
const SESSION_SECONDS = 60;

const clerkId = (what: string) =>
  z.string(`${what} is needed`).regex(/^[\w-]{1,64}$/, `${what} has 1 to 64 letters, digits, _ or -`);
const subject = z.object({ orgId: clerkId("orgId"), userId: clerkId("userId").default("user_demo") });

interface Bindings {
  /** PEM. Absent when the developer's own Clerk signs. */
  CLERK_PRIVATE_KEY?: string;
}

/** `POST /` `{"orgId","userId"?}` signs in and answers who is until when; `DELETE /` signs out. */
export const signIn = new Hono<{ Bindings: Bindings }>()
  .post("/", async (c) => {
    const { CLERK_PRIVATE_KEY: pem } = c.env;
    if (!pem)
      return c.json({ error: "Your .dev.vars names a Clerk of your own: sign in through your app" }, 409);
    const input = subject.safeParse(await c.req.json().catch(() => undefined));
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);

    const expiresAt = new Date(Date.now() + SESSION_SECONDS * 1000);
    const key = await importPKCS8(pem, "RS256");
    const token = await signSessionToken(key, {
      ...input.data,
      expiresInSeconds: SESSION_SECONDS,
      version: 2,
    });
    // Not HttpOnly, as Clerk's is not: the page reads from it who is signed in.
    setCookie(c, "__session", token, { path: "/", sameSite: "Lax" });
    return c.json({ ...input.data, expiresAt: expiresAt.toISOString() });
  })
  .delete("/", (c) => {
    deleteCookie(c, "__session", { path: "/" });
    return c.body(null, 204);
  });
