// The sign-in form: any organisation and user, without a password.
import { useState } from "preact/hooks";
import type { Identity } from "../../src/auth/session-claims.ts";
import { DEMO_ORG, FREE_ORG } from "../identities.ts";
import { type ApiError, toApiError } from "./api.ts";
import { Brand, ThemeSwitch } from "./header.tsx";

const DEMO_ORGS = [
  { orgId: DEMO_ORG, about: "has a subscription, voices and generations" },
  { orgId: FREE_ORG, about: "has no subscription" },
];
const DEFAULT_USER = "user_demo";

export function SignIn({ onSignIn }: { onSignIn: (identity: Identity) => Promise<void> }) {
  const [orgId, setOrgId] = useState("");
  const [userId, setUserId] = useState(DEFAULT_USER);
  const [error, setError] = useState<ApiError | null>(null);
  const submit = (requestedOrg: string) => {
    setError(null);
    onSignIn({ orgId: requestedOrg, userId }).catch((reason) => setError(toApiError(reason)));
  };
  return (
    <div class="sign-in">
      <header class="sign-in-header">
        <Brand />
        <ThemeSwitch />
      </header>
      <main class="sign-in-card">
        <h2 class="view-title">Sign in</h2>
        <p class="muted">
          The local stack issues a session token in Clerk's format. You need no account and no password.
        </p>
        <ul class="sign-in-orgs">
          {DEMO_ORGS.map(({ orgId: demoOrg, about }) => (
            <li key={demoOrg}>
              <button type="button" class="sign-in-org" onClick={() => submit(demoOrg)}>
                <b>{demoOrg}</b>
                <span>{about}</span>
              </button>
            </li>
          ))}
        </ul>
        <form
          class="sign-in-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit(orgId);
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
          {error && (
            <p class="field-issue" role="alert">
              {error.message}
            </p>
          )}
        </form>
      </main>
    </div>
  );
}
