/** The chat template for tokenizers that bring none: plain headings, so that it needs no special tokens but EOS. */

/**
 * `### User:` / `### Assistant:` headings with a blank line between turns; an assistant turn ends with EOS (where the
 * tokenizer has one), and what the assistant says is marked for learning.
 */
export const defaultChatTemplate = `{{- bos_token if bos_token is defined }}
{%- for message in messages %}
    {{- '### ' + message.role | capitalize + ':\\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation %}
            {{- message.content + (eos_token if eos_token is defined else '') }}
        {%- endgeneration %}
        {{- '\\n\\n' }}
    {%- else %}
        {{- message.content + '\\n\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '### Assistant:\\n' }}
{%- endif %}`
