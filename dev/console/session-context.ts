// Gives the components below App the identity that is signed in.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Identity } from "../../src/auth/session-claims.ts";

interface SignedIn {
  identity: Identity;
  /** Starts a new session for the same identity. @throws {ApiError} */
  signInAgain: () => Promise<void>;
}

export const SessionContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SessionContext);
  if (!signedIn) throw new Error("useSignedIn needs a SessionContext");
  return signedIn;
}
