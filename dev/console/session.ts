// Who is signed in: read from the cookie that Clerk's front end would hold, and renewed before it ends, as that does.
import { useEffect, useState } from "preact/hooks";
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
  const payload = token?.split(".")[1];
  if (!payload) return null;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    const { sub, exp, o, org_id } = Object(claims);
    const orgId = Object(o).id ?? org_id;
    return typeof orgId === "string" ? { orgId, userId: String(sub), endsAt: Number(exp) * 1000 } : null;
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
