// The session: read from the cookie that Clerk's front end would set, and renewed before it expires.
import { decodeJwt } from "jose/jwt/decode";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { type Identity, identityOf, type SessionClaims } from "../../src/auth/session-claims.ts";
import { LOCAL_ISSUER } from "../identities.ts";
import { callApi, sendJson } from "./api.ts";
import { notify } from "./toasts.tsx";

const PATH = "/__dev/session";
const CHECK_INTERVAL_MS = 5_000;
const RENEW_BEFORE_EXPIRY_MS = 20_000;

/** The session in the cookie. Its signature is not verified here; the service does that. */
function readSession(): (Identity & { expiresAtMs: number }) | null {
  const token = /(?:^|; )__session=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  try {
    const claims = decodeJwt<SessionClaims>(token);
    const identity = identityOf(claims);
    // Another app on localhost can have set the cookie; its session must not be renewed here.
    if (claims.iss !== LOCAL_ISSUER || !identity) return null;
    return { ...identity, expiresAtMs: Number(claims.exp) * 1000 };
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

/**
 * The identity that is signed in, and functions to sign in and out, which throw an ApiError. Notifies of a session that
 * another tab ended, and follows one that another tab began.
 */
export function useSession() {
  // Undefined until the session of an earlier visit has been renewed.
  const [identity, setIdentity] = useState<Identity | null | undefined>(undefined);
  const signIn = async (requested: Identity) => {
    await createSession(requested);
    setIdentity(requested);
  };
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    let isEnded = false;
    const check = async () => {
      await renew().catch(() => undefined);
      if (signal.aborted) return;
      const session = readSession();
      if (identity === undefined) return setIdentity(session);
      if (!identity) return;
      if (!session && !isEnded) {
        const again = () =>
          signIn(identity).catch(() => notify("You are not signed in: the stack does not respond."));
        notify("Your session has ended.", { label: "Sign in again", run: () => void again() });
      }
      isEnded = !session;
      if (!session || (session.orgId === identity.orgId && session.userId === identity.userId)) return;
      notify(`Another tab has signed in as ${session.orgId}.`);
      setIdentity(session);
    };
    if (identity === undefined) void check();
    const timer = setInterval(check, CHECK_INTERVAL_MS);
    document.addEventListener("visibilitychange", check, { signal });
    return () => {
      clearInterval(timer);
      listening.abort();
    };
  }, [identity]);
  return {
    identity,
    signIn,
    signOut: async () => {
      await callApi(PATH, { method: "DELETE" });
      setIdentity(null);
    },
  };
}

interface SignedIn {
  identity: Identity;
  /** Starts a new session for the same identity. @throws {ApiError} */
  signInAgain: () => Promise<void>;
}

export const SessionContext = createContext<SignedIn | null>(null);

/** The session around the components below App. */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(SessionContext);
  if (!signedIn) throw new Error("useSignedIn needs a SessionContext");
  return signedIn;
}
