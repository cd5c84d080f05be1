// Session cookies as a browser sends them.
import { getCookieSuffix } from "@clerk/shared/keys";
import { LOCAL_PUBLISHABLE_KEY } from "../../dev/identities.ts";

/** The session cookie of the local Clerk instance. */
export const suffixedSessionCookie = `__session_${await getCookieSuffix(LOCAL_PUBLISHABLE_KEY)}`;

/** The header of a request that sends these cookies, in this order; a name can occur several times. */
export const cookie = (...pairs: [name: string, token: string][]) => ({
  Cookie: pairs.map(([name, token]) => `${name}=${token}`).join("; "),
});
