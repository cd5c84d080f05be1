// Shows the progress of an upload.
import { formatBytes } from "./formats.ts";
import type { UploadPhase } from "./upload.ts";

interface Props {
  phase: UploadPhase;
  onCancel: () => void;
}

export function UploadProgress({ phase, onCancel }: Props) {
  const isSending = phase.kind === "sending";
  const fraction = isSending ? phase.sentBytes / Math.max(phase.totalBytes, 1) : 1;
  return (
    <div class="upload-progress">
      <p id="upload-text">
        <b>{isSending ? `Uploading, ${Math.floor(fraction * 100)} %` : "Checking the recording…"}</b>{" "}
        {isSending && (
          <span class="muted">
            {formatBytes(phase.sentBytes)} of {formatBytes(phase.totalBytes)}
          </span>
        )}
      </p>
      <progress aria-labelledby="upload-text" max={1} {...(isSending && { value: fraction })} />
      <button type="button" class="button secondary" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
