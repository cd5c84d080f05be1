// The page header: brand, signed-in identity, sign-out and theme switch.
import { Icon } from "./icons.tsx";
import { useSignedIn } from "./session-context.ts";
import { chooseTheme, useTheme } from "./theme.ts";

export const Brand = () => (
  <h1 class="brand">
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M8 13v6M13 9v14M18 6v20M24 12v8" />
    </svg>
    <span>
      Resonance <span class="brand-rest">Audio Edge</span>
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
  return (
    <header>
      <button type="button" class="skip" onClick={skipToContent}>
        Skip to content
      </button>
      <Brand />
      <div class="header-tools">
        <p class="identity">
          <span class="visually-hidden">Signed in as </span>
          <b>{identity.orgId}</b>
          <span class="identity-user">{identity.userId}</span>
        </p>
        <button type="button" class="icon-button" aria-label="Sign out" onClick={() => void onSignOut()}>
          <Icon name="sign-out" />
        </button>
        <ThemeSwitch />
      </div>
    </header>
  );
}

// Not a link, because the URL's fragment stores the view.
const skipToContent = () => document.querySelector<HTMLElement>(".content > :not([hidden]) h2")?.focus();
