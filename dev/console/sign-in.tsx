// The door: sign in as any organisation.
import { useState } from "preact/hooks";
import { DEMO_ORG, FREE_ORG } from "../identities.ts";
import { type Refusal, toRefusal } from "./api.ts";
import { Brand, ThemeSwitch } from "./header.tsx";
import type { Session } from "./session.ts";

const KNOWN_ORGS = [
  { orgId: DEMO_ORG, about: "has a subscription, voices and generations" },
  { orgId: FREE_ORG, about: "has no subscription" },
];
const DEFAULT_USER = "user_demo";

export function SignIn({ onSignIn }: { onSignIn: (session: Session) => Promise<void> }) {
  const [orgId, setOrgId] = useState("");
  const [userId, setUserId] = useState(DEFAULT_USER);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const enter = (wanted: string) => {
    setRefusal(null);
    onSignIn({ orgId: wanted, userId }).catch((error) => setRefusal(toRefusal(error)));
  };
  return (
    <div class="door">
      <header class="door-top">
        <Brand />
        <ThemeSwitch />
      </header>
      <main class="door-card">
        <h2 class="view-title">Sign in</h2>
        <p class="quiet">To the local stack, by a token as Clerk signs it. No password, no account.</p>
        <ul class="door-orgs">
          {KNOWN_ORGS.map((known) => (
            <li key={known.orgId}>
              <button type="button" class="door-org" onClick={() => enter(known.orgId)}>
                <b>{known.orgId}</b>
                <span>{known.about}</span>
              </button>
            </li>
          ))}
        </ul>
        <form
          class="door-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            enter(orgId);
          }}
        >
          <h3>Another organisation</h3>
          <label>
            Organisation
            <input
              name="orgId"
              autocomplete="off"
              placeholder="org_acme"
              value={orgId}
              onInput={({ currentTarget }) => setOrgId(currentTarget.value)}
            />
          </label>
          <label>
            User
            <input
              name="userId"
              autocomplete="off"
              value={userId}
              onInput={({ currentTarget }) => setUserId(currentTarget.value)}
            />
          </label>
          <button type="submit" class="button">
            Sign in
          </button>
          {refusal && (
            <p class="field-issue" role="alert">
              {refusal.message}
            </p>
          )}
        </form>
      </main>
    </div>
  );
}
