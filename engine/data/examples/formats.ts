/** The formats a dataset's rows can have, with the fields of each: detection, mapping and the form for it read this. */
import type { DatasetFormat } from './source.ts'

export interface FormatField {
  /** The column of that name is what the engine reads. */
  readonly name: string
  readonly label: string
  readonly help: string
  readonly required: boolean
}

export interface FormatDescription {
  readonly title: string
  /** What rows of this kind look like, in a sentence. */
  readonly explain: string
  readonly fields: readonly FormatField[]
}

const must = (name: string, label: string, help: string): FormatField => ({
  name,
  label,
  help,
  required: true,
})
const may = (name: string, label: string, help: string): FormatField => ({
  name,
  label,
  help,
  required: false,
})

/** Not a field of any format's rows: a column whose text becomes the first message of the row's conversation. */
export const systemField = 'system'

const system = may(
  systemField,
  'System prompt',
  'A column with instructions for the whole conversation; the row becomes a chat that begins with them.',
)
const tools = may('tools', 'Tools', 'A list of tools as JSON, given to the chat template.')
const templateKwargs = may(
  'chat_template_kwargs',
  'Template variables',
  'Further variables of the chat template.',
)

/** In the order in which columns are looked for. */
export const formats: Readonly<Record<DatasetFormat, FormatDescription>> = {
  pretokenized: {
    title: 'Token ids',
    explain: 'Rows are lists of token ids, made for the tokenizer of one model.',
    fields: [
      must('input_ids', 'Token ids', 'A list of whole numbers.'),
      may('labels', 'Labels', 'As long as the ids; −100 where nothing is learned.'),
      may('completion_mask', 'Completion mask', '1 for the tokens of the completion.'),
      may('assistant_masks', 'Assistant mask', '1 for the tokens that the assistant wrote.'),
    ],
  },
  messages: {
    title: 'Chat messages',
    explain: 'Each row is a conversation: a list of messages with role and content.',
    fields: [must('messages', 'Messages', 'A list of {role, content}.'), system, tools, templateKwargs],
  },
  conversations: {
    title: 'ShareGPT conversations',
    explain: 'Each row is a conversation: a list of turns with from (human, gpt) and value.',
    fields: [must('conversations', 'Turns', 'A list of {from, value}.'), system, tools, templateKwargs],
  },
  'prompt-completion': {
    title: 'Prompt and completion',
    explain: 'Each row has a prompt and the completion to be learned.',
    fields: [
      must('prompt', 'Prompt', 'What the model is given.'),
      must('completion', 'Completion', 'What the model learns to answer.'),
      system,
      tools,
      templateKwargs,
    ],
  },
  alpaca: {
    title: 'Alpaca',
    explain: 'Each row has an instruction, perhaps an input to it, and the output to be learned.',
    fields: [
      must('instruction', 'Instruction', 'What is to be done.'),
      may('input', 'Input', 'What it is to be done with; may be empty.'),
      must('output', 'Output', 'What the model learns to answer.'),
    ],
  },
  text: {
    title: 'Plain text',
    explain: 'Each row is a text; all of it is learned.',
    fields: [must('text', 'Text', 'The text.')],
  },
}

/** Columns a row must have to be of the format. */
export function requiredColumns(format: DatasetFormat): string[] {
  return formats[format].fields.filter((field) => field.required).map((field) => field.name)
}
