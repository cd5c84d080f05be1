// Who is signed in: read from the cookie that Clerk's front end would hold, and renewed before it ends, as that does.
import { useEffect, useState } from "preact/hooks";
import { identityOf, type SessionClaims } from "../../src/auth/session-claims.ts";
import { LOCAL_ISSUER } from "../identities.ts";
import { ask, sendJson } from "./api.ts";

export interface Session {
  orgId: string;
  userId: string;
}

const PATH = "/__dev/session";
const LOOK_EVERY_MS = 5_000;
const RENEW_BEFORE_END_MS = 20_000;

interface Token extends Session {
  endsAt: number;
}

/** What the session cookie says; it is the service that verifies it. */
function readToken(): Token | null {
  const token = /(?:^|; )__session=([^;]+)/.exec(document.cookie)?.[1];
  const claims = token ? claimsOf(token) : null;
  // The cookie may be that of another app on this host, which is none of ours to renew.
  if (claims?.iss !== LOCAL_ISSUER) return null;
  const identity = identityOf(claims);
  return identity && { ...identity, endsAt: claims.exp * 1000 };
}

function claimsOf(token: string): (SessionClaims & { iss: string; exp: number }) | null {
  const [, payload = ""] = token.split(".");
  try {
    return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return null;
  }
}

async function open({ orgId, userId }: Session): Promise<void> {
  await sendJson("POST", PATH, { orgId, userId });
}

/** A session that someone ended in another tab is not opened again. */
async function renew(): Promise<void> {
  const token = readToken();
  if (token && token.endsAt - Date.now() < RENEW_BEFORE_END_MS) await open(token);
}

const renewQuietly = () => void renew().catch(() => undefined);

/** The session, and the ways in and out of it; both throw a Refusal. */
export function useSession() {
  // Undefined until a cookie of yesterday has been renewed.
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  useEffect(() => {
    void renew()
      .catch(() => undefined)
      .then(() => setSession(readToken()));
    const timer = setInterval(renewQuietly, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", renewQuietly);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renewQuietly);
    };
  }, []);
  return {
    session,
    signIn: async (wanted: Session) => {
      await open(wanted);
      setSession(wanted);
    },
    signOut: async () => {
      await ask(PATH, { method: "DELETE" });
      setSession(null);
    },
  };
}
