// Shows an error with the action that resolves it.
import type { ComponentChildren, RefObject } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "./api.ts";
import { type ErrorView, loadErrorView } from "./error-view.ts";
import { useSignedIn } from "./session-context.ts";

interface Props {
  view: ErrorView;
  error: ApiError;
  boxRef?: RefObject<HTMLDivElement | null> | null;
  children?: ComponentChildren;
}

export const ErrorBox = ({ view, error, boxRef = null, children }: Props) => (
  <div class="error-box" role="alert" ref={boxRef} tabIndex={-1}>
    <h3>{view.title}</h3>
    <p>{view.text}</p>
    {children}
    {error.status > 0 && (
      <p class="error-source">
        Response {error.status}: <q>{error.message}</q>
        {error.requestId && <>, request {error.requestId}</>}
      </p>
    )}
  </div>
);

interface ResolutionProps {
  label: string;
  /** Resolves the error. Rejects when the stack does not answer. */
  resolve: () => Promise<unknown>;
  onDone: () => void;
}

/** A button that resolves an error, then calls `onDone`. */
export function Resolution({ label, resolve, onDone }: ResolutionProps) {
  const [hasFailed, setFailed] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => void resolve().then(onDone, () => setFailed(true))}>
        {label}
      </button>
      {hasFailed && <p>This failed. Check that npm run dev is still running, then try again.</p>}
    </>
  );
}

/** Signs in again as the same user, then calls `onDone`. */
export function SignInAgain({ onDone }: { onDone: () => void }) {
  const { identity, signInAgain } = useSignedIn();
  return <Resolution label={`Sign in again as ${identity.orgId}`} resolve={signInAgain} onDone={onDone} />;
}

interface LoadErrorProps extends Pick<Props, "error"> {
  view?: ErrorView;
  /** In place of the view's title. */
  title?: string | undefined;
  onRetry: () => void;
}

/** The error of content that could not be loaded: sign in again or try again. */
export const LoadError = ({ error, view = loadErrorView(error), title, onRetry }: LoadErrorProps) => (
  <ErrorBox view={{ ...view, title: title ?? view.title }} error={error}>
    {view.action === "sign-in" ? (
      <SignInAgain onDone={onRetry} />
    ) : (
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </ErrorBox>
);
