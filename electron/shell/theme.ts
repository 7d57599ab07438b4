/** Menus, dialogs and the window's frame follow the theme that is set in the studio. */
import { nativeTheme } from 'electron'
import type { Host } from '../host/host.ts'

/** Follows the settings until `signal` aborts. */
export async function followTheme(host: Host, signal: AbortSignal): Promise<void> {
  nativeTheme.themeSource = host.settings.get().theme
  for await (const { topic } of host.changes.follow(signal)) {
    if (topic === 'settings') nativeTheme.themeSource = host.settings.get().theme
  }
}
