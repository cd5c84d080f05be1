// The page header: brand, signed-in identity, sign-out and theme switch.
import { IconButton } from "./icons.tsx";
import { useSignedIn } from "./session.ts";
import { ThemeSwitch } from "./theme-switch.tsx";
import { notifyThat } from "./toasts.tsx";

export const Brand = () => (
  <h1 class="brand">
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M8 13v6M13 9v14M18 6v20M24 12v8" />
    </svg>
    <span>
      Resonance <span class="muted">Audio Edge</span>
    </span>
  </h1>
);

export function Header({ onSignOut }: { onSignOut: () => Promise<void> }) {
  const { identity } = useSignedIn();
  const signOut = () => void onSignOut().catch(notifyThat("You are still signed in"));
  return (
    <header>
      <button type="button" class="button skip visually-hidden" onClick={focusHeading}>
        Skip to content
      </button>
      <Brand />
      <div class="header-tools">
        <p class="identity">
          <span class="visually-hidden">Signed in as </span>
          <b dir="auto" title={identity.orgId}>
            {identity.orgId}
          </b>
          <span class="muted" dir="auto" title={identity.userId}>
            {identity.userId}
          </span>
        </p>
        <IconButton icon="sign-out" label="Sign out" onClick={signOut} />
        <ThemeSwitch />
      </div>
    </header>
  );
}

/** Focuses the heading of what is shown. The skip button is no link, because the URL's fragment stores the view. */
export const focusHeading = (): void =>
  [...document.querySelectorAll<HTMLElement>("main h2")]
    .find((heading) => heading.checkVisibility())
    ?.focus();
