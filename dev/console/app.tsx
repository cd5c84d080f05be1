// The page: the sign-in form, or the views when someone is signed in.
import { useRef, useState } from "preact/hooks";
import { Billing } from "./billing.tsx";
import { CreateVoice } from "./create-voice.tsx";
import { Generations } from "./generations.tsx";
import { Header } from "./header.tsx";
import { LiveContext, useLiveConnection } from "./live.ts";
import { Navigation } from "./navigation.tsx";
import { PlayerBar, PlayerProvider } from "./player-bar.tsx";
import { Requests } from "./requests.tsx";
import { useSession } from "./session.ts";
import { SessionContext } from "./session-context.ts";
import { SignIn } from "./sign-in.tsx";
import type { CreatedVoice } from "./upload.ts";
import { goTo, isMainView, type MainView, useView } from "./view.ts";
import { Voices } from "./voices.tsx";

export function App() {
  const { identity, signIn, signOut } = useSession();
  if (identity === undefined) return null;
  if (identity === null) return <SignIn onSignIn={signIn} />;
  const signedIn = { identity, signInAgain: () => signIn(identity) };
  return (
    <SessionContext.Provider value={signedIn} key={`${identity.orgId} ${identity.userId}`}>
      <PlayerProvider>
        <Console orgId={identity.orgId} onSignOut={signOut} />
      </PlayerProvider>
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
    setCreated(voice);
    goTo("voices");
  };
  return (
    <div class="console" data-view={view}>
      <Header onSignOut={onSignOut} />
      <Navigation view={view} />
      <main>
        <div class="content">
          <div hidden={main.current !== "voices"}>
            <Voices created={created} />
          </div>
          <div hidden={main.current !== "generations"}>
            <Generations />
          </div>
          <div hidden={main.current !== "create"}>
            <CreateVoice onCreated={showCreated} />
          </div>
        </div>
        <div class="sidebar">
          <LiveContext.Provider value={live}>
            <Requests />
            <Billing />
          </LiveContext.Provider>
        </div>
      </main>
      <PlayerBar />
    </div>
  );
}
