// The session, for every component below the app.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Session } from "./session.ts";

interface SignedIn {
  session: Session;
  /** Opens the same session anew. */
  signInAgain: () => Promise<void>;
}

export const SessionContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SessionContext);
  if (!signedIn) throw new Error("shown outside a session");
  return signedIn;
}
