// Signs in as Clerk's front end does: sets a short-lived token as the cookie `__session`. The page renews it. Clerk's
// middleware in an app accepts it beside `__client_uat`, the time of the sign-in in seconds.
import { Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { importPKCS8 } from "jose";
import * as z from "zod";
import { signSessionToken } from "./clerk.ts";

/** The lifetime of Clerk's tokens. */
const SESSION_SECONDS = 60;

const clerkId = (field: string) =>
  z
    .string(`${field} is required`)
    .regex(/^[\w-]{1,64}$/, `${field} must have 1 to 64 characters: letters, digits, _ or -`);
const subject = z.object({ orgId: clerkId("orgId"), userId: clerkId("userId").default("user_demo") });

interface Bindings {
  /** PEM. Absent when the developer uses a Clerk instance of their own. */
  CLERK_PRIVATE_KEY?: string;
}

/** `POST /` with `{"orgId","userId"?}` signs in and returns both with `expiresAt`; `DELETE /` signs out. */
export const signInRoutes = new Hono<{ Bindings: Bindings }>()
  .post("/", async (c) => {
    const { CLERK_PRIVATE_KEY: pem } = c.env;
    if (!pem) {
      return c.json({ error: "Your .dev.vars sets your own Clerk keys. Sign in through your app." }, 409);
    }
    const input = subject.safeParse(await c.req.json().catch(() => undefined));
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400);

    const expiresAt = new Date(Date.now() + SESSION_SECONDS * 1000);
    const signedInAt = Math.floor(Date.now() / 1000);
    const key = await importPKCS8(pem, "RS256");
    const token = await signSessionToken(key, {
      ...input.data,
      expiresInSeconds: SESSION_SECONDS,
      version: 2,
    });
    // Not HttpOnly, like Clerk's own cookies: the page reads the identity from it.
    setCookie(c, "__session", token, { path: "/", sameSite: "Lax" });
    setCookie(c, "__client_uat", String(signedInAt), { path: "/", sameSite: "Lax" });
    return c.json({ ...input.data, expiresAt: expiresAt.toISOString() });
  })
  .delete("/", (c) => {
    deleteCookie(c, "__session", { path: "/" });
    deleteCookie(c, "__client_uat", { path: "/" });
    return c.body(null, 204);
  });
