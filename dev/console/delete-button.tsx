// Deletes a row in the service, after a question.
import { useId, useRef, useState } from "preact/hooks";
import { callApi, toApiError } from "./api.ts";
import { close } from "./audio-element.ts";
import { IconButton } from "./icons.tsx";
import { kindOf, nameOf, type Row } from "./row.ts";

const CONSEQUENCES = {
  voice: "This permanently deletes its recording. Generations made with it are kept.",
  generation: "This permanently deletes its text and its audio.",
};

/** The browser moves the focus into the modal dialog, and back to the button when it is closed. */
export function DeleteButton({ row, onDeleted }: { row: Row; onDeleted: (id: string) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [issue, setIssue] = useState<string | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const name = nameOf(row);
  const remove = async () => {
    setDeleting(true);
    const path = `/api/${kindOf(row)}s/${encodeURIComponent(row.id)}`;
    const failure = await callApi(path, { method: "DELETE" }).then(() => null, toApiError);
    setDeleting(false);
    // What was deleted elsewhere is gone, as it was asked for.
    if (failure && failure.status !== 404) return setIssue(failure.message);
    dialog.current?.close();
    focusNeighbour(dialog.current?.closest("li"));
    close(row.audioUrl);
    onDeleted(row.id);
  };
  return (
    <>
      <IconButton icon="trash" label={`Delete ${name}`} onClick={() => dialog.current?.showModal()} />
      <dialog ref={dialog} aria-labelledby={titleId} onClose={() => setIssue(null)}>
        <h3 id={titleId}>
          Delete “<bdi>{name}</bdi>”?
        </h3>
        <p>{CONSEQUENCES[kindOf(row)]}</p>
        {issue && (
          <p class="field-issue" role="alert">
            It was not deleted: {issue}
          </p>
        )}
        <div class="actions">
          <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" class="button danger" disabled={isDeleting} onClick={() => void remove()}>
            Delete
          </button>
        </div>
      </dialog>
    </>
  );
}

/** Moves the focus from a card that is about to be removed to the next one, otherwise to the view's title. */
function focusNeighbour(card: HTMLElement | null | undefined): void {
  const neighbour = card?.nextElementSibling ?? card?.previousElementSibling;
  const title = card?.closest(".content > div")?.querySelector<HTMLElement>(".view-title");
  (neighbour?.querySelector<HTMLElement>("[tabindex='-1']") ?? title)?.focus();
}
