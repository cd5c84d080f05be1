// How far an upload has come.
import { formatBytes } from "./formats.ts";
import type { UploadPhase } from "./upload.ts";

interface Props {
  phase: UploadPhase;
  onCancel: () => void;
}

export function UploadProgress({ phase, onCancel }: Props) {
  const isSending = phase.kind === "sending";
  const share = isSending ? phase.sentBytes / Math.max(phase.totalBytes, 1) : 1;
  return (
    <div class="upload-progress">
      <p id="upload-words">
        <b>{isSending ? `Uploading, ${Math.floor(share * 100)} %` : "Checking the recording…"}</b>{" "}
        {isSending && (
          <span class="quiet">
            {formatBytes(phase.sentBytes)} of {formatBytes(phase.totalBytes)}
          </span>
        )}
      </p>
      <progress aria-labelledby="upload-words" max={1} {...(isSending && { value: share })} />
      <button type="button" class="button quiet-button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
