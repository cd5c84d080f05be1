// Shows the progress of an upload, and why its outcome is not known yet.
import { ErrorBox } from "./error-box.tsx";
import { formatBytes } from "./formats.ts";
import type { UploadPhase } from "./upload.ts";

const TEXTS = {
  checking: "Checking the recording… It is too late to cancel: delete the voice when it is there.",
  lost: "The answer is missing, and the voice may exist. The same upload is repeated until the service says so.",
  cancelling: "Cancelling… The service is asked whether it has created the voice already.",
};

export function UploadProgress({ phase, onCancel }: { phase: UploadPhase; onCancel: () => void }) {
  const isSending = phase.kind === "sending";
  const fraction = isSending ? phase.sentBytes / phase.totalBytes : 1;
  return (
    <div class="upload-progress">
      <p id="upload-text" aria-live={isSending ? "off" : "polite"}>
        <b>{isSending ? `Uploading, ${Math.floor(fraction * 100)} %` : TEXTS[phase.kind]}</b>{" "}
        {isSending && (
          <span class="muted">
            {formatBytes(phase.sentBytes)} of {formatBytes(phase.totalBytes)}
          </span>
        )}
      </p>
      <progress aria-labelledby="upload-text" max={1} {...(isSending && { value: fraction })} />
      {"error" in phase && phase.error?.status === 401 && (
        <ErrorBox error={phase.error} onRetry={() => undefined} />
      )}
      {(isSending || phase.kind === "lost") && (
        <button type="button" class="button secondary" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
