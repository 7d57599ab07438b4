/** Where the studio keeps its store, adapters and checkpoints on this machine. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * PEFT_STUDIO_DATA, else the conventional place of the operating system. Not created here.
 * @param environment variables to look in
 * @param platform    as `process.platform`
 */
export function dataDir(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (environment.PEFT_STUDIO_DATA) return resolve(environment.PEFT_STUDIO_DATA)
  if (platform === 'win32') {
    return join(environment.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'PEFT Studio')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'PEFT Studio')
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'peft-studio')
}
