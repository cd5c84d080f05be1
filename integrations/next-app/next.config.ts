// Configures Next.js. The rewrites are for the local machine alone: in production Cloudflare routes these paths of the
// app's host to the service, and no request for them reaches Next.js.
import type { NextConfig } from "next";

const PATHS_OF_THE_SERVICE = ["audio", "voices", "generations"];
const { LOCAL_AUDIO_STACK: localStack } = process.env;

const config: NextConfig = {
  // The folder above has a lock file too.
  turbopack: { root: import.meta.dirname },
  rewrites: async () => ({
    // Before the app's own route handlers of these paths, which an app may keep.
    beforeFiles: localStack
      ? PATHS_OF_THE_SERVICE.map((path) => ({
          source: `/api/${path}/:rest*`,
          destination: `${localStack}/api/${path}/:rest*`,
        }))
      : [],
  }),
};

export default config;
