/** Who the studio is to the hub: its address and the person's access token, which never leaves the host except to the hub. */
import { z } from 'zod'
import { StudioError } from '../../../engine/errors.ts'
import type { TokenStatus } from '../../contract/hub.ts'
import type { SecretStore } from '../secrets/secret-store.ts'
import type { SettingsFile } from '../system/settings.ts'
import { askHub, type HubClient, hubClient, hubEndpoint } from './hub-client.ts'

const SECRET = 'hugging-face'

export class HubAccount {
  readonly #secrets: SecretStore
  readonly #settings: Pick<SettingsFile, 'get'>

  constructor(secrets: SecretStore, settings: Pick<SettingsFile, 'get'>) {
    this.#secrets = secrets
    this.#settings = settings
  }

  /** @throws StudioError `bad-argument` when the address in the settings is none */
  async client(signal?: AbortSignal): Promise<HubClient> {
    const token = this.#secrets.get(SECRET) ?? process.env.HF_TOKEN
    return hubClient(await this.#endpoint(), token || undefined, signal)
  }

  async status(): Promise<TokenStatus> {
    const from = this.#secrets.has(SECRET) ? 'stored' : process.env.HF_TOKEN ? 'environment' : null
    return { from, keptIn: this.#secrets.keptIn, endpoint: await this.#endpoint() }
  }

  /**
   * Stores the token once the hub has said whose it is.
   * @returns the name of the account
   * @throws StudioError `forbidden`, `network`
   */
  async setToken(token: string): Promise<string> {
    const client = hubClient(await this.#endpoint(), token)
    const response = await client.fetch(`${client.endpoint}/api/whoami-v2`)
    if (response.status === 401 || response.status === 403) {
      await response.body?.cancel()
      throw new StudioError(
        'forbidden',
        'The hub does not know this access token.',
        'Copy it again from the access tokens page of your account; it begins with hf_.',
      )
    }
    const { name } = await askHub('the access token', async () =>
      z.object({ name: z.string() }).parse(await response.json()),
    )
    await this.#secrets.set(SECRET, token)
    return name
  }

  async deleteToken(): Promise<TokenStatus> {
    await this.#secrets.delete(SECRET)
    return this.status()
  }

  #endpoint(): Promise<string> {
    return hubEndpoint(this.#settings.get().hubEndpoint)
  }
}
