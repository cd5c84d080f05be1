// Where the recording comes from: a dropped or chosen file, or the microphone; then it can be listened to.
import { useEffect, useState } from "preact/hooks";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import { formatBytes } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { Player } from "./player.tsx";
import { Recorder } from "./recorder.tsx";

interface Props {
  file: File | null;
  onFile: (file: File | null) => void;
  /** What is wrong with it. */
  issue: string | undefined;
}

export const RecordingSource = ({ file, onFile, issue }: Props) => (
  <fieldset class="source">
    <legend>The recording</legend>
    {file ? (
      <ChosenRecording file={file} onRemove={() => onFile(null)} />
    ) : (
      <>
        <DropZone onFile={onFile} />
        <p class="or quiet">or</p>
        <Recorder onRecorded={onFile} />
      </>
    )}
    {issue && (
      <p class="field-issue" role="alert">
        {issue}
      </p>
    )}
  </fieldset>
);

function DropZone({ onFile }: Pick<Props, "onFile">) {
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const [first] = files ?? [];
    if (first) onFile(first);
  };
  return (
    <label
      class="drop-zone"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <Icon name="file" />
      <span class="drop-words">
        <b>Drop an audio file here, or choose one</b>
        <span class="quiet">
          MP3, WAV, M4A, FLAC, Ogg, WebM and more. 10 seconds or longer, 20 MB at most.
        </span>
      </span>
      <input
        type="file"
        class="visually-hidden"
        accept="audio/*,.wma,.wv,.mka,.aiff"
        onChange={({ currentTarget }) => take(currentTarget.files)}
      />
    </label>
  );
}

function ChosenRecording({ file, onRemove }: { file: File; onRemove: () => void }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <div class="chosen">
      <div class="chosen-head">
        <p>
          <b>{file.name}</b> <span class="quiet">{formatBytes(file.size)}</span>
        </p>
        <button type="button" class="button quiet-button small" onClick={onRemove}>
          Choose another
        </button>
      </div>
      {file.size > MAX_RECORDING_BYTES && (
        <p class="hint warn">Larger than 20 MB: the service will not take it.</p>
      )}
      {url && <Player url={url} label={file.name} seconds={null} />}
    </div>
  );
}
