/** Builds the window (out/renderer) for both shells, and main, trainer and preload for Electron. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'electron-vite'

export default defineConfig({
  renderer: {
    root: 'renderer',
    plugins: [svelte(), tailwindcss()],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      rollupOptions: { input: 'renderer/index.html' },
    },
  },
})
