// Shows a trouble, with the way out of it.
import type { ComponentChildren, RefObject } from "preact";
import { useState } from "preact/hooks";
import type { Refusal } from "./api.ts";
import { useSignedIn } from "./session-context.ts";
import type { Trouble } from "./trouble.ts";

interface Props {
  trouble: Trouble;
  refusal: Refusal;
  boxRef?: RefObject<HTMLDivElement | null> | null;
  children?: ComponentChildren;
}

export const TroubleBox = ({ trouble, refusal, boxRef = null, children }: Props) => (
  <div class="trouble" role="alert" ref={boxRef} tabIndex={-1}>
    <h3>{trouble.title}</h3>
    <p>{trouble.words}</p>
    {children}
    {refusal.status > 0 && (
      <p class="trouble-source">
        The service answered {refusal.status} <q>{refusal.message}</q>
        {refusal.requestId && <>, request {refusal.requestId}</>}
      </p>
    )}
  </div>
);

/** Signs in again as the same organisation, then goes on. */
export function SignInAgain({ onDone }: { onDone: () => void }) {
  const { session, signInAgain } = useSignedIn();
  const [failed, setFailed] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => void signInAgain().then(onDone, () => setFailed(true))}
      >
        Sign in again as {session.orgId}
      </button>
      {failed && <p>That did not work. Is the stack still running?</p>}
    </>
  );
}

/** For what can't be shown: sign in again or try again. */
export const ViewTrouble = ({ trouble, refusal, onRetry }: Props & { onRetry: () => void }) => (
  <TroubleBox trouble={trouble} refusal={refusal}>
    {trouble.remedy === "sign-in" ? (
      <SignInAgain onDone={onRetry} />
    ) : (
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </TroubleBox>
);
