/** Two windows on one dataset: each sees what the other does, and neither overwrites it without knowing. */
import { expect } from 'vitest'
import { cell, grid, openedId } from './studio/datasets.ts'
import { story } from './studio/story.ts'

story(
  'an edit made against rows that have changed is refused, and the text is kept',
  async ({ page, go, newPage }) => {
    if (newPage === undefined) return
    await go('datasets')
    await page
      .getByRole('row', { name: /Facts as JSON/ })
      .getByRole('button', { name: 'Copy to edit' })
      .click()
    await cell(page, 1, 'prompt').waitFor()
    // A window that hears nothing of the other for a while: what the host sends is held back.
    const deaf = await newPage()
    const held: (() => void)[] = []
    let holding = false
    await deaf.routeWebSocket(/\/rpc/, (socket) => {
      socket.connectToServer().onMessage((message) => {
        if (holding) held.push(() => socket.send(message))
        else socket.send(message)
      })
    })
    await deaf.goto(page.url())
    await deaf.reload()
    await cell(deaf, 3, 'completion').dblclick()
    await deaf.getByRole('textbox', { name: 'completion, row 3' }).fill('written in ignorance')
    holding = true
    await cell(page, 1, 'prompt').dblclick()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('changed first')
    await page.keyboard.press('Enter')
    await page.getByText('Unsaved changes').waitFor()
    await deaf.keyboard.press('Enter')
    await expect.poll(() => held.length).toBeGreaterThan(1)
    holding = false
    for (const send of held) send()
    await deaf.getByRole('alert').filter({ hasText: 'changed' }).waitFor()
    await expect.poll(() => cell(deaf, 1, 'prompt').textContent()).toBe('changed first')
    const editor = deaf.getByRole('textbox', { name: 'completion, row 3' })
    expect(await editor.inputValue()).toBe('written in ignorance')
    await editor.press('Enter')
    await expect.poll(() => cell(page, 3, 'completion').textContent()).toBe('written in ignorance')
  },
)

story(
  'what another window stores is seen, and is not overwritten unseen',
  async ({ page, go, newPage, stored }) => {
    if (newPage === undefined) return
    await go('datasets')
    await page
      .getByRole('row', { name: /Facts as JSON/ })
      .getByRole('button', { name: 'Copy to edit' })
      .click()
    await cell(page, 1, 'prompt').waitFor()
    const other = await newPage()
    await other.goto(page.url())
    await cell(other, 1, 'prompt').waitFor()

    // An edit of one window shows in the other.
    await cell(other, 2, 'completion').dblclick()
    await other.keyboard.press('Control+a')
    await other.keyboard.type('from the other window')
    await other.keyboard.press('Enter')
    await expect.poll(() => cell(page, 2, 'completion').textContent()).toBe('from the other window')

    // The cell that is being edited here is changed there: the person decides.
    await cell(page, 1, 'prompt').dblclick()
    const editor = page.getByRole('textbox', { name: 'prompt, row 1' })
    await editor.fill('mine')
    await cell(other, 1, 'prompt').dblclick()
    await other.keyboard.press('Control+a')
    await other.keyboard.type('theirs')
    await other.keyboard.press('Enter')
    await page
      .getByRole('alert')
      .filter({ hasText: 'Another window has stored a different text here meanwhile.' })
      .waitFor()
    expect(await editor.inputValue()).toBe('mine')
    await page.getByRole('button', { name: 'Keep theirs' }).click()
    await expect.poll(() => cell(page, 1, 'prompt').textContent()).toBe('theirs')

    // Undo is one for both, and the list knows of unsaved work.
    await grid(page).press('Control+z')
    await expect.poll(() => cell(other, 1, 'prompt').textContent()).not.toBe('theirs')
    const id = openedId(page)
    await expect.poll(() => stored((store) => store.datasets.get(id).unsaved)).toBe(true)
    await other.evaluate(() => window.location.assign('#/datasets'))
    await other
      .getByRole('row', { name: /Facts as JSON \(copy\)/ })
      .getByText('Unsaved changes')
      .waitFor()

    // Into the bin and out of it again.
    await other.getByRole('button', { name: 'More about Facts as JSON (copy)' }).click()
    await other.getByRole('menuitem', { name: 'Move to the bin' }).click()
    await other.getByText('Facts as JSON (copy) is in the bin.').waitFor()
    await other.getByRole('button', { name: 'Undo' }).click()
    await other.getByRole('link', { name: 'Facts as JSON (copy)' }).waitFor()
  },
)
