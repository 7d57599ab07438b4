/** Builds the page alone, which is all that the headless studio needs: `vite build -c renderer.vite.config.ts`. */
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import type { UserConfig } from 'vite'
import { pageLicences } from './electron/build/page-licences.ts'
import { outputs, stamped } from './electron/build/stamp.ts'

const root = import.meta.dirname

export const page = {
  root: join(root, 'renderer'),
  // No absolute paths: the page is served under http:// and under app://.
  base: './',
  plugins: [svelte(), tailwindcss(), pageLicences(), stamped(root, 'page')],
  build: {
    outDir: join(root, outputs.page),
    emptyOutDir: true,
    minify: true,
    // Everything is a file of its own: the content security policy allows no `data:` fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { input: join(root, 'renderer/index.html') },
  },
} satisfies UserConfig

export default page
