// The frame of every page. ClerkProvider renews the session while a page is open.
import "./globals.css";
import { ClerkProvider } from "@clerk/nextjs";
import type { ReactNode } from "react";
import { TRPCReactProvider } from "@/trpc/client";

export const metadata = { title: "Resonance" };

// Every page shows what belongs to a session: none can be rendered at build time.
export const dynamic = "force-dynamic";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <ClerkProvider>
          <TRPCReactProvider>{children}</TRPCReactProvider>
        </ClerkProvider>
      </body>
    </html>
  );
}
