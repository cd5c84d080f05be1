// Verifies Clerk's session with the public key, without a request to Clerk, and requires it for every page and procedure.
import { clerkMiddleware } from "@clerk/nextjs/server";

export default clerkMiddleware(
  async (auth) => {
    await auth.protect();
  },
  { jwtKey: process.env.CLERK_JWT_KEY },
);

export const config = {
  // Not for the paths of the service, which checks the session itself: Next.js cuts off a body of more than 10 MB that
  // passes through here (`experimental.proxyClientMaxBodySize`).
  matcher: ["/((?!_next/|api/audio|api/voices|api/generations).*)"],
};
