// Shows why a voice was not created, with the action that resolves it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "./api.ts";
import { setSubscription } from "./billing.tsx";
import { ErrorBox, Resolution, SignInAgain } from "./error-box.tsx";
import { uploadErrorView } from "./error-view.ts";
import { useSignedIn } from "./session-context.ts";

interface Props {
  error: ApiError;
  /** Sends the same upload again. */
  onRetry: () => void;
  onChooseRecording: () => void;
}

export function UploadError({ error, onRetry, onChooseRecording }: Props) {
  const view = uploadErrorView(error);
  const box = useRef<HTMLDivElement | null>(null);
  // The focused button was removed when the upload started.
  useEffect(() => box.current?.focus(), []);
  return (
    <ErrorBox view={view} error={error} boxRef={box}>
      {view.action === "retry" && <RetryButton afterSeconds={error.retryAfterSeconds} onRetry={onRetry} />}
      {view.action === "sign-in" && <SignInAgain onDone={onRetry} />}
      {view.action === "subscribe" && <Subscribe onDone={onRetry} />}
      {view.action === "choose-recording" && (
        <button type="button" class="button" onClick={onChooseRecording}>
          Choose another recording
        </button>
      )}
    </ErrorBox>
  );
}

/** Disabled until the time in Retry-After has passed. */
function RetryButton({ afterSeconds, onRetry }: { afterSeconds: number | null; onRetry: () => void }) {
  const [secondsLeft, setSecondsLeft] = useState(afterSeconds ?? 0);
  useEffect(() => {
    if (secondsLeft <= 0) return;
    const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1_000);
    return () => clearTimeout(timer);
  }, [secondsLeft]);
  return (
    <button type="button" class="button" disabled={secondsLeft > 0} onClick={onRetry}>
      {secondsLeft > 0 ? `Try again in ${secondsLeft} s` : "Try again"}
    </button>
  );
}

function Subscribe({ onDone }: { onDone: () => void }) {
  const { identity } = useSignedIn();
  return (
    <Resolution
      label="Activate the local subscription and retry"
      resolve={() => setSubscription(identity.orgId, true)}
      onDone={onDone}
    />
  );
}
