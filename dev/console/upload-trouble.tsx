// Why a voice was not made, and the way on from there.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Refusal } from "./api.ts";
import { switchSubscription } from "./billing.tsx";
import { useSignedIn } from "./session-context.ts";
import { uploadTrouble } from "./trouble.ts";
import { SignInAgain, TroubleBox } from "./trouble-box.tsx";

interface Props {
  refusal: Refusal;
  /** Sends the same upload once more. */
  onRetry: () => void;
  onOtherRecording: () => void;
}

export function UploadTrouble({ refusal, onRetry, onOtherRecording }: Props) {
  const trouble = uploadTrouble(refusal);
  const box = useRef<HTMLDivElement | null>(null);
  // The button that sent the upload is gone: who was there is taken here.
  useEffect(() => box.current?.focus(), []);
  return (
    <TroubleBox trouble={trouble} refusal={refusal} boxRef={box}>
      {trouble.remedy === "retry" && (
        <RetryButton afterSeconds={refusal.retryAfterSeconds} onRetry={onRetry} />
      )}
      {trouble.remedy === "sign-in" && <SignInAgain onDone={onRetry} />}
      {trouble.remedy === "subscribe" && <Subscribe onDone={onRetry} />}
      {trouble.remedy === "other-recording" && (
        <button type="button" class="button" onClick={onOtherRecording}>
          Choose another recording
        </button>
      )}
    </TroubleBox>
  );
}

/** Opens when the time that the service asked for is over. */
function RetryButton({ afterSeconds, onRetry }: { afterSeconds: number | null; onRetry: () => void }) {
  const [left, setLeft] = useState(afterSeconds ?? 0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <button type="button" class="button" disabled={left > 0} onClick={onRetry}>
      {left > 0 ? `Try again in ${left} s` : "Try again"}
    </button>
  );
}

function Subscribe({ onDone }: { onDone: () => void }) {
  const { session } = useSignedIn();
  const [hasFailed, setFailed] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => void switchSubscription(session.orgId, true).then(onDone, () => setFailed(true))}
      >
        Switch the local subscription on, and go on
      </button>
      {hasFailed && <p>That did not work. Is the stack still running?</p>}
    </>
  );
}
