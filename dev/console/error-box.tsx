// Shows an error with the action that resolves it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "./api.ts";
import { setSubscription } from "./billing.tsx";
import { type ErrorView, errorView } from "./error-view.ts";
import { useSignedIn } from "./session.ts";

interface Props {
  error: ApiError;
  view?: ErrorView;
  /** In place of the view's title. */
  title?: string | undefined;
  /** Sends the same request again. */
  onRetry: () => void;
  onChooseRecording?: () => void;
  /** After an action whose button was removed. */
  takesFocus?: boolean;
}

export function ErrorBox(props: Props) {
  const { error, view = errorView(error), title, onRetry, onChooseRecording, takesFocus = false } = props;
  const { identity, signInAgain } = useSignedIn();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (takesFocus) box.current?.focus();
  }, []);
  const actions: Record<ErrorView["action"], Action> = {
    retry: { label: "Try again", onDone: onRetry },
    "sign-in": { label: `Sign in again as ${identity.orgId}`, resolve: signInAgain, onDone: onRetry },
    subscribe: {
      label: "Activate the local subscription and retry",
      resolve: () => setSubscription(identity.orgId, true),
      onDone: onRetry,
    },
    "choose-recording": { label: "Choose another recording", onDone: onChooseRecording ?? onRetry },
  };
  return (
    <div class="error-box" role="alert" ref={box} tabIndex={-1}>
      <h3>{title ?? view.title}</h3>
      <p>{view.text}</p>
      <ActionButton {...actions[view.action]} afterSeconds={error.retryAfterSeconds ?? 0} />
      {error.status > 0 && (
        <p class="error-source">
          Response {error.status}: <q>{error.message}</q>
          {error.requestId && <>, request {error.requestId}</>}
        </p>
      )}
    </div>
  );
}

interface Action {
  label: string;
  /** Resolves the error. Rejects when the stack does not answer. */
  resolve?: () => Promise<unknown>;
  onDone: () => void;
}

/** Resolves an error, then calls `onDone`. Disabled until the time in Retry-After has passed. */
function ActionButton({ label, resolve, onDone, afterSeconds }: Action & { afterSeconds: number }) {
  const [hasFailed, setFailed] = useState(false);
  const [secondsLeft, setSecondsLeft] = useState(afterSeconds);
  useEffect(() => {
    if (secondsLeft <= 0) return;
    const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1_000);
    return () => clearTimeout(timer);
  }, [secondsLeft]);
  const act = () => (resolve ? void resolve().then(onDone, () => setFailed(true)) : onDone());
  return (
    <>
      <button type="button" class="button" disabled={secondsLeft > 0} onClick={act}>
        {secondsLeft > 0 ? `${label} in ${secondsLeft} s` : label}
      </button>
      {hasFailed && <p>This failed. Check that npm run dev is still running, then try again.</p>}
    </>
  );
}
