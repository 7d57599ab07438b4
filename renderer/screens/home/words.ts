/** Small numbers as words, for sentences. */
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

export const countWord = (count: number): string => words[count] ?? String(count)

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
