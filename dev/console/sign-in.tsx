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
const FIELDS = [
  { name: "orgId", label: "Organisation", placeholder: "org_acme" },
  { name: "userId", label: "User", placeholder: "" },
] as const;

export function SignIn({ onSignIn }: { onSignIn: (identity: Identity) => Promise<void> }) {
  const [identity, setIdentity] = useState<Identity>({ orgId: "", userId: "user_demo" });
  const [error, setError] = useState<ApiError | null>(null);
  const submit = (requested: Identity) => {
    setError(null);
    onSignIn(requested).catch((reason) => setError(toApiError(reason)));
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
              <button
                type="button"
                class="button secondary sign-in-org"
                onClick={() => submit({ ...identity, orgId })}
              >
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
            submit(identity);
          }}
        >
          <h3>Another organisation</h3>
          {FIELDS.map(({ name, label, placeholder }) => (
            <label key={name}>
              {label}
              <input
                {...{ name, placeholder, dir: "auto", autocomplete: "off", value: identity[name] }}
                onInput={({ currentTarget }) => setIdentity({ ...identity, [name]: currentTarget.value })}
              />
            </label>
          ))}
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
