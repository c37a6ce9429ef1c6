import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // The SDK's notice about future Node versions would stand between the lines of every suite.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // Browsers, killed processes and sockets share two cores with everything else that the machine does. A fault fails twice.
    retry: process.env['CI'] === 'true' ? 2 : 0,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
