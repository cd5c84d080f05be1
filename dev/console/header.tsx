// The page header: brand, signed-in identity, sign-out and theme switch.
import { toApiError } from "./api.ts";
import { Icon } from "./icons.tsx";
import { useSignedIn } from "./session-context.ts";
import { chooseTheme, useTheme } from "./theme.ts";
import { useNotify } from "./toasts.tsx";

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

export function ThemeSwitch() {
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Use ${other} colours`}
      onClick={() => chooseTheme(other)}
    >
      <Icon name={theme === "dark" ? "sun" : "moon"} />
    </button>
  );
}

export function Header({ onSignOut }: { onSignOut: () => Promise<void> }) {
  const { identity } = useSignedIn();
  const notify = useNotify();
  const signOut = () =>
    onSignOut().catch((error) => notify(`You are still signed in: ${toApiError(error).message}`));
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
        <button type="button" class="icon-button" aria-label="Sign out" onClick={() => void signOut()}>
          <Icon name="sign-out" />
        </button>
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
