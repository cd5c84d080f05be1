// The session: read from the cookie that Clerk's front end would set, and renewed before it expires.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Identity, identityOf, type SessionClaims } from "../../src/auth/session-claims.ts";
import { LOCAL_ISSUER } from "../identities.ts";
import { callApi, sendJson } from "./api.ts";
import { useNotify } from "./toasts.tsx";

const PATH = "/__dev/session";
const CHECK_INTERVAL_MS = 5_000;
const RENEW_BEFORE_EXPIRY_MS = 20_000;

interface Session extends Identity {
  expiresAtMs: number;
}

/** The session in the cookie. Its signature is not verified here; the service does that. */
function readSession(): Session | null {
  const token = /(?:^|; )__session=([^;]+)/.exec(document.cookie)?.[1];
  const claims = token ? decodeClaims(token) : null;
  // Another app on localhost can have set the cookie; its session must not be renewed here.
  if (claims?.iss !== LOCAL_ISSUER) return null;
  const identity = identityOf(claims);
  return identity && { ...identity, expiresAtMs: claims.exp * 1000 };
}

function decodeClaims(token: string): (SessionClaims & { iss: string; exp: number }) | null {
  const [, payload = ""] = token.split(".");
  try {
    return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return null;
  }
}

async function createSession({ orgId, userId }: Identity): Promise<void> {
  await sendJson("POST", PATH, { orgId, userId });
}

/** Renews a session that is about to expire. Does nothing after a sign-out in another tab. */
async function renew(): Promise<void> {
  const session = readSession();
  if (session && session.expiresAtMs - Date.now() < RENEW_BEFORE_EXPIRY_MS) await createSession(session);
}

const renewSilently = () => renew().catch(() => undefined);

/**
 * The identity that is signed in, and functions to sign in and out, which throw an ApiError. Notifies of a session that
 * another tab ended, and follows one that another tab began.
 */
export function useSession() {
  // Undefined until the session of an earlier visit has been renewed.
  const [identity, setIdentity] = useState<Identity | null | undefined>(undefined);
  const shown = useRef(identity);
  shown.current = identity;
  const isEnded = useRef(false);
  const notify = useNotify();
  const signIn = useCallback(async (requested: Identity) => {
    await createSession(requested);
    setIdentity(requested);
  }, []);
  const compare = useCallback(() => {
    const [session, signedIn] = [readSession(), shown.current];
    if (!signedIn) return;
    if (!session && !isEnded.current) {
      const again = () =>
        signIn(signedIn).catch(() => notify("You are not signed in: the stack does not respond."));
      notify("Your session has ended.", { action: { label: "Sign in again", run: () => void again() } });
    }
    isEnded.current = !session;
    if (!session || (session.orgId === signedIn.orgId && session.userId === signedIn.userId)) return;
    notify(`Another tab has signed in as ${session.orgId}.`);
    setIdentity(session);
  }, []);
  useEffect(() => {
    void renewSilently().then(() => setIdentity(readSession()));
    const renewInBackground = () => void renewSilently().then(compare);
    const timer = setInterval(renewInBackground, CHECK_INTERVAL_MS);
    document.addEventListener("visibilitychange", renewInBackground);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renewInBackground);
    };
  }, []);
  return {
    identity,
    signIn,
    signOut: async () => {
      await callApi(PATH, { method: "DELETE" });
      setIdentity(null);
    },
  };
}
