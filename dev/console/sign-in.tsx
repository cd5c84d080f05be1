// The sign-in form: any organisation and user, without a password.
import { useRef, useState } from "preact/hooks";
import type { Identity } from "../../src/auth/session-claims.ts";
import { DEMO_ORG, FREE_ORG } from "../identities.ts";
import { toApiError } from "./api.ts";
import { Brand } from "./header.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

const DEMO_ORGS = [
  { orgId: DEMO_ORG, about: "has a subscription, voices and generations" },
  { orgId: FREE_ORG, about: "has no subscription" },
];
export function SignIn({ onSignIn }: { onSignIn: (identity: Identity) => Promise<void> }) {
  const [error, setError] = useState("");
  const user = useRef<HTMLInputElement>(null);
  const submit = (orgId: string) => {
    setError("");
    onSignIn({ orgId, userId: user.current?.value ?? "" }).catch((reason) =>
      setError(toApiError(reason).message),
    );
  };
  return (
    <div class="sign-in">
      <header>
        <Brand />
        <ThemeSwitch />
      </header>
      <main class="sign-in-card">
        <h2 class="view-title" tabIndex={-1}>
          Sign in
        </h2>
        <p class="muted">
          The local stack issues a session token in Clerk's format. You need no account and no password.
        </p>
        <ul>
          {DEMO_ORGS.map(({ orgId, about }) => (
            <li key={orgId}>
              <button type="button" class="button secondary sign-in-org" onClick={() => submit(orgId)}>
                <b>{orgId}</b>
                <span class="muted">{about}</span>
              </button>
            </li>
          ))}
        </ul>
        <form
          class="sign-in-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit(String(new FormData(event.currentTarget).get("orgId")));
          }}
        >
          <h3>Another organisation</h3>
          <label>
            Organisation
            <input name="orgId" placeholder="org_acme" dir="auto" autocomplete="off" />
          </label>
          <label>
            User
            <input name="userId" defaultValue="user_demo" dir="auto" autocomplete="off" ref={user} />
          </label>
          <button type="submit" class="button">
            Sign in
          </button>
          {error && (
            <p class="field-issue" role="alert">
              {error}
            </p>
          )}
        </form>
      </main>
    </div>
  );
}
