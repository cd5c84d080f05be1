// The page: the sign-in form, or the views when someone is signed in.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { noteOwnChange } from "./api.ts";
import { Billing } from "./billing.tsx";
import { useChangeNotices } from "./changes.ts";
import { CreateVoice } from "./create-voice.tsx";
import { Generations } from "./generations.tsx";
import { focusHeading, Header } from "./header.tsx";
import { useLiveConnection } from "./live.ts";
import { Navigation } from "./navigation.tsx";
import { PlayerBar } from "./player-bar.tsx";
import { Requests } from "./requests.tsx";
import { SessionContext, useSession } from "./session.ts";
import { SignIn } from "./sign-in.tsx";
import type { CreatedVoice } from "./upload.ts";
import { goTo, isMainView, type MainView, useView } from "./view.ts";
import { Voices } from "./voices.tsx";

export function App() {
  const { identity, signIn, signOut } = useSession();
  const key = identity && `${identity.orgId} ${identity.userId}`;
  const keyBefore = useRef(key);
  useLayoutEffect(() => {
    // Not of the session of an earlier visit: the page has just been loaded.
    if (keyBefore.current !== undefined) focusHeading();
    keyBefore.current = key;
  }, [key]);
  if (identity === undefined) return null;
  if (identity === null) return <SignIn onSignIn={signIn} />;
  const signedIn = { identity, signInAgain: () => signIn(identity) };
  return (
    <SessionContext.Provider value={signedIn} key={key}>
      <Console orgId={identity.orgId} onSignOut={signOut} />
    </SessionContext.Provider>
  );
}

function Console({ orgId, onSignOut }: { orgId: string; onSignOut: () => Promise<void> }) {
  const live = useLiveConnection(orgId);
  const view = useView();
  const main = useRef<MainView>("voices");
  if (isMainView(view)) main.current = view;
  const [created, setCreated] = useState<CreatedVoice | null>(null);
  const showCreated = (voice: CreatedVoice) => {
    noteOwnChange("voice.created", voice.id);
    setCreated(voice);
    goTo("voices");
  };
  const [reloads, setReloads] = useState(0);
  useChangeNotices(live.state?.changes.items, (reloaded) => {
    setCreated(null);
    setReloads((count) => count + 1);
    goTo(reloaded);
  });
  return (
    <div class="console" data-view={view}>
      <Header onSignOut={onSignOut} />
      <Navigation view={view} />
      <main>
        <div class="content">
          <div hidden={main.current !== "voices"}>
            <Voices key={reloads} created={created} />
          </div>
          <div hidden={main.current !== "generations"}>
            <Generations key={reloads} />
          </div>
          <div hidden={main.current !== "create"}>
            <CreateVoice onCreated={showCreated} />
          </div>
        </div>
        <div class="sidebar">
          <Requests live={live} />
          <Billing live={live} />
        </div>
      </main>
      <PlayerBar />
    </div>
  );
}
