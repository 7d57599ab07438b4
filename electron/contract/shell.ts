/** What the shell around the host can do: dialogs of the desktop, or a look at the server's disk from a browser tab. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { count } from './shared.ts'

export const featuresSchema = z.object({
  /** Native dialogs for folders and files. */
  pickFolder: z.boolean(),
  pickFiles: z.boolean(),
  /** Shows a file in the desktop's file manager. */
  reveal: z.boolean(),
  /** Opens a web page in the person's browser. A browser tab opens pages itself. */
  openExternal: z.boolean(),
  /** Folders of the host's disk can be listed, where no dialog can show them. */
  listFolder: z.boolean(),
})
export type ShellFeatures = z.infer<typeof featuresSchema>

export const folderEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'file']),
  /** Of a file; null for a folder. */
  bytes: count.nullable(),
  /** A folder that holds a model in Hugging Face's layout. */
  isModel: z.boolean(),
})
export type FolderEntry = z.infer<typeof folderEntrySchema>

export const folderSchema = z.object({
  path: z.string(),
  /** Null at the top. */
  parent: z.string().nullable(),
  /** Where people usually look: home and the like. */
  places: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Folders first; hidden ones and files that hold neither data nor weights are left out. */
  entries: z.array(folderEntrySchema),
  /** How many more entries there are than are listed. */
  leftOut: count,
})
export type FolderListing = z.infer<typeof folderSchema>

const path = z.string().min(1)

/** Procedures of a feature that is not there fail as `unsupported`. */
export const shellContract = {
  features: oc.output(featuresSchema),
  /** @returns null when the person chose none */
  pickFolder: oc.input(z.object({ title: z.string() })).output(z.string().nullable()),
  /** @param extensions without the dot; empty = any file */
  pickFiles: oc
    .input(z.object({ title: z.string(), extensions: z.array(z.string().regex(/^\w+$/)) }))
    .output(z.array(z.string())),
  reveal: oc.input(z.object({ path })).output(z.void()),
  openExternal: oc.input(z.object({ url: z.string() })).output(z.void()),
  /** @param path null = the person's home folder */
  listFolder: oc.input(z.object({ path: path.nullable() })).output(folderSchema),
  /** The last lines of the studio's log, oldest first, and where the file is. */
  log: oc
    .input(z.object({ lines: z.int().min(1).max(5_000) }))
    .output(z.object({ path: z.string(), lines: z.array(z.string()) })),
}
