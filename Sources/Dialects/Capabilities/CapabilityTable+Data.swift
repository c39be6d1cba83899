extension CapabilityTable {
    /// What models can do, one per line: provider, model, kind, context window, maximum output, prompt cache
    /// minimum (tokens; `-` where the source says nothing), abilities (`!` in front: stated not to be there).
    ///
    /// Derived from the project's price facts of 2026-11-21 by `scripts/derive-capabilities.py`. Do not edit.
    static let data: StaticString = """
        anthropic claude-fable-5-1 chat 1000000 128000 512 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        !forced,adaptive,always,midsystem,xhigh,max
        anthropic claude-haiku-4-5 chat 200000 64000 4096 vision,tools,schema,pdf,reasoning,prefill
        anthropic claude-haiku-5-5 chat 1000000 128000 512 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        forced,adaptive,!always,midsystem,xhigh,max
        anthropic claude-opus-4-5 chat 200000 64000 4096 vision,tools,schema,pdf,reasoning,prefill
        anthropic claude-opus-4-6 chat 1000000 128000 4096 vision,tools,schema,pdf,reasoning,!prefill,adaptive,\
        max
        anthropic claude-opus-4-7 chat 1000000 128000 2048 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        adaptive,xhigh,max
        anthropic claude-opus-4-8 chat 1000000 128000 1024 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        adaptive,midsystem,xhigh,max
        anthropic claude-opus-5 chat 1000000 128000 512 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        adaptive,midsystem,xhigh,max
        anthropic claude-opus-5-5 chat 1000000 128000 512 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        !forced,adaptive,always,midsystem,xhigh,max
        anthropic claude-sonnet-4-5 chat 200000 64000 1024 vision,tools,schema,pdf,reasoning,prefill
        anthropic claude-sonnet-4-6 chat 1000000 128000 1024 vision,tools,schema,pdf,reasoning,!prefill,\
        adaptive,max
        anthropic claude-sonnet-5 chat 1000000 128000 1024 vision,tools,schema,pdf,reasoning,!sampling,!prefill,\
        adaptive,midsystem,xhigh,max
        anthropic claude-sonnet-5-5 chat 1000000 128000 512 vision,tools,schema,pdf,reasoning,!sampling,\
        !prefill,!forced,adaptive,always,midsystem,xhigh,max
        gemini gemini-2.5-flash chat 1048576 65536 - vision,tools,parallel,schema,pdf,audio,reasoning,system
        gemini gemini-2.5-flash-image image 65536 32768 - vision,!tools,parallel,!schema,pdf,!audio,!reasoning,\
        system
        gemini gemini-2.5-flash-lite chat 1048576 65536 - vision,tools,parallel,schema,pdf,audio,reasoning,\
        system
        gemini gemini-2.5-pro chat 1048576 65536 2048 vision,tools,schema,pdf,audio,reasoning,system
        gemini gemini-3-flash-preview chat 1048576 65536 - vision,tools,parallel,schema,pdf,audio,reasoning,\
        system
        gemini gemini-3-pro-image image 65536 32768 - vision,!tools,!schema,reasoning,system
        gemini gemini-3.1-flash-image image 131072 32768 - vision,!tools,!schema,pdf,reasoning,system
        gemini gemini-3.1-flash-lite chat 1048576 65536 - vision,tools,parallel,schema,pdf,audio,reasoning,\
        system
        gemini gemini-3.1-pro-preview chat 1048576 65536 4096 vision,tools,schema,pdf,audio,reasoning,system
        gemini gemini-3.5-flash chat 1048576 65536 4096 vision,tools,parallel,schema,pdf,audio,reasoning,system
        gemini gemini-3.5-flash-lite chat 1048576 65536 - vision,tools,parallel,schema,pdf,audio,reasoning,\
        !sampling,system
        gemini gemini-3.6-flash chat 1048576 65536 4096 vision,tools,parallel,schema,pdf,audio,reasoning,\
        !sampling,system
        gemini gemini-3.7-flash chat 1048576 65536 4096 vision,tools,parallel,schema,pdf,audio,reasoning,\
        !sampling,system,!minimal
        gemini gemini-3.8-flash chat 1048576 65536 4096 vision,tools,parallel,schema,pdf,audio,reasoning,\
        !sampling,system,!minimal
        gemini gemini-4-argon chat 1048576 1048576 4096 vision,tools,parallel,schema,pdf,audio,reasoning,system,\
        !minimal
        gemini gemini-embedding-001 embedding 2048 - - -
        gemini gemini-embedding-2 embedding 8192 - - vision,audio
        groq canopylabs/orpheus-v1-english speech 4000 50000 - -
        groq openai/gpt-oss-120b chat 131072 65536 - tools,parallel,schema,reasoning
        groq openai/gpt-oss-20b chat 131072 65536 - tools,parallel,schema,reasoning
        groq openai/gpt-oss-safeguard-20b chat 131072 65536 - tools,schema,reasoning
        groq qwen/qwen3.8-27b chat 131072 16384 - vision,tools,schema,reasoning
        groq whisper-large-v3 transcription - - - -
        groq whisper-large-v3-turbo transcription - - - -
        openai gpt-3.5-turbo chat 16385 4096 - tools,system
        openai gpt-4-turbo chat 128000 4096 - vision,tools,parallel,pdf,system
        openai gpt-4.1 chat 1047576 32768 - vision,tools,parallel,schema,pdf,system
        openai gpt-4.1-mini chat 1047576 32768 - vision,tools,parallel,schema,pdf,system
        openai gpt-4.1-nano chat 1047576 32768 - vision,tools,parallel,schema,pdf,system
        openai gpt-4o chat 128000 16384 - vision,tools,parallel,schema,pdf,system
        openai gpt-4o-mini chat 128000 16384 - vision,tools,parallel,schema,pdf,system
        openai gpt-4o-mini-transcribe transcription 16000 2000 - -
        openai gpt-4o-mini-tts speech - - - -
        openai gpt-4o-transcribe transcription 16000 2000 - -
        openai gpt-5 chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,!none,minimal,!xhigh
        openai gpt-5-mini chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,!none,minimal,\
        !xhigh
        openai gpt-5-nano chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,!none,minimal,\
        !xhigh
        openai gpt-5.1 chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        !xhigh
        openai gpt-5.2 chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh
        openai gpt-5.4 chat 1050000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh
        openai gpt-5.4-mini chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,\
        !minimal,xhigh
        openai gpt-5.4-nano chat 272000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,\
        !minimal,xhigh
        openai gpt-5.5 chat 1050000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh
        openai gpt-5.5-pro responses 1050000 128000 - vision,tools,parallel,!schema,pdf,reasoning,system,!none,\
        !minimal,xhigh
        openai gpt-5.6 chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh
        openai gpt-5.6-luna chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,\
        !minimal,xhigh
        openai gpt-5.6-sol chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh
        openai gpt-5.6-terra chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,\
        !minimal,xhigh
        openai gpt-6-luna chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh,max
        openai gpt-6-sol chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,!minimal,\
        xhigh,max
        openai gpt-6.1-sol chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,!none,\
        !minimal,xhigh,max
        openai gpt-6.1-terra chat 922000 128000 - vision,tools,parallel,schema,pdf,reasoning,system,none,\
        !minimal,xhigh,max
        openai gpt-audio chat 128000 16384 - !vision,tools,parallel,!schema,audio,!reasoning,system
        openai gpt-audio-mini chat 128000 16384 - !vision,tools,parallel,!schema,audio,!reasoning,system
        openai gpt-image-1 image - - - -
        openai gpt-image-1-mini image - - - -
        openai gpt-image-1.5 image - - - vision,pdf
        openai gpt-image-2 image - - - vision,pdf
        openai gpt-image-2.5-flare image - - - vision,pdf
        openai gpt-image-2.5-sunburst image - - - vision,pdf
        openai gpt-transcribe transcription - - - audio
        openai o1 chat 200000 100000 - vision,tools,!parallel,schema,pdf,reasoning,system
        openai o3 chat 200000 100000 - vision,tools,!parallel,schema,pdf,reasoning
        openai o3-mini chat 200000 100000 - !vision,tools,!parallel,schema,reasoning
        openai o4-mini chat 200000 100000 - vision,tools,!parallel,schema,pdf,reasoning
        openai omni-moderation-latest moderation 32768 - - -
        openai text-embedding-3-large embedding 8191 - - -
        openai text-embedding-3-small embedding 8191 - - -
        openai text-embedding-ada-002 embedding 8191 - - -
        openai tts-1 speech - - - -
        openai whisper-1 transcription - - - -
        openrouter anthropic/claude-haiku-4.5 chat 200000 64000 - vision,tools,!schema,reasoning
        openrouter anthropic/claude-opus-4.5 chat 200000 32000 - vision,tools,schema,reasoning
        openrouter anthropic/claude-sonnet-4.5 chat 1000000 64000 - vision,tools,schema,reasoning
        openrouter deepseek/deepseek-v3.2 chat 163840 65536 - !vision,tools,schema,reasoning
        openrouter google/gemini-2.5-flash chat 1048576 65535 - vision,tools,schema,reasoning
        openrouter google/gemini-2.5-pro chat 1048576 65536 - vision,tools,schema,reasoning
        openrouter google/gemini-3-flash-preview chat 1048576 65535 - vision,tools,schema,reasoning
        openrouter meta-llama/llama-3.3-70b-instruct chat 131072 16384 - !vision,tools,schema,!reasoning
        openrouter mistralai/mistral-large-2512 chat 262144 - - vision,tools,schema,!reasoning
        openrouter openai/gpt-4.1-mini chat 1047576 32768 - vision,tools,schema,!reasoning
        openrouter openai/gpt-4o-mini chat 128000 16384 - vision,tools,schema,!reasoning
        openrouter openai/gpt-5.1 chat 400000 128000 - vision,tools,schema,reasoning
        openrouter openai/gpt-5.2 chat 400000 128000 - vision,tools,schema,reasoning
        openrouter qwen/qwen3-max chat 256000 32768 - !vision,tools,!schema,!reasoning
        openrouter x-ai/grok-4 chat 256000 - - vision,tools,schema,reasoning
        openrouter z-ai/glm-4.6 chat 202752 65536 - !vision,tools,schema,reasoning
        """
}
