extension PriceTable {
    /// The day the facts were collected; ledger rows keep it.
    static let asOf = "2026-11-21"

    /// What models cost, one per line: provider, model, kind, prices in nano-dollars per million units
    /// (`PriceTable+Parsing.swift` explains the names; a price the source does not state is left out).
    ///
    /// Derived from the project's price facts of 2026-11-21 by `scripts/derive-prices.py`. Do not edit.
    static let data: StaticString = """
        anthropic claude-fable-5-1 chat in=10000000000,cached=250000000,write=12500000000,write1h=20000000000,\
        out=50000000000
        anthropic claude-haiku-4-5 chat in=1000000000,cached=100000000,write=1250000000,write1h=2000000000,\
        out=5000000000
        anthropic claude-haiku-5-5 chat in=100000000,cached=10000000,write=125000000,write1h=200000000,\
        out=500000000
        anthropic claude-opus-4-5 chat in=5000000000,cached=500000000,write=6250000000,write1h=10000000000,\
        out=25000000000
        anthropic claude-opus-4-6 chat in=5000000000,cached=500000000,write=6250000000,write1h=10000000000,\
        out=25000000000
        anthropic claude-opus-4-7 chat in=5000000000,cached=500000000,write=6250000000,write1h=10000000000,\
        out=25000000000
        anthropic claude-opus-4-8 chat in=5000000000,cached=500000000,write=6250000000,write1h=10000000000,\
        out=25000000000
        anthropic claude-opus-5 chat in=5000000000,cached=500000000,write=6250000000,write1h=10000000000,\
        out=25000000000
        anthropic claude-opus-5-5 chat in=4000000000,cached=200000000,write=5000000000,write1h=8000000000,\
        out=20000000000
        anthropic claude-sonnet-4-5 chat in=3000000000,cached=300000000,write=3750000000,write1h=6000000000,\
        out=15000000000
        anthropic claude-sonnet-4-6 chat in=3000000000,cached=300000000,write=3750000000,write1h=6000000000,\
        out=15000000000
        anthropic claude-sonnet-5 chat in=2000000000,cached=200000000,write=2500000000,write1h=4000000000,\
        out=10000000000
        anthropic claude-sonnet-5-5 chat in=2000000000,cached=100000000,write=2500000000,write1h=4000000000,\
        out=10000000000
        gemini gemini-2.5-flash chat in=300000000,cached=30000000,out=2500000000,audioin=1000000000
        gemini gemini-2.5-flash-image image in=300000000,cached=30000000,out=2500000000,audioin=1000000000,\
        imageout=30000000000,image=39000000000000
        gemini gemini-2.5-flash-lite chat in=100000000,cached=10000000,out=400000000,audioin=300000000
        gemini gemini-2.5-pro chat in=1250000000,cached=125000000,out=10000000000,above=200000,\
        longin=2500000000,longcached=250000000,longout=15000000000
        gemini gemini-3-flash-preview chat in=500000000,cached=50000000,out=3000000000,audioin=1000000000
        gemini gemini-3-pro-image image in=2000000000,out=12000000000,imageout=120000000000,\
        image=134000000000000,inputimage=1100000000000
        gemini gemini-3.1-flash-image image in=500000000,out=3000000000,imageout=60000000000,\
        image=45000000000000
        gemini gemini-3.1-flash-lite chat in=250000000,cached=25000000,out=1500000000,audioin=500000000
        gemini gemini-3.1-pro-preview chat in=2000000000,cached=200000000,out=12000000000,above=200000,\
        longin=4000000000,longcached=400000000,longout=18000000000
        gemini gemini-3.5-flash chat in=1500000000,cached=150000000,out=9000000000,audioin=1500000000
        gemini gemini-3.5-flash-lite chat in=300000000,cached=30000000,out=2500000000
        gemini gemini-3.6-flash chat in=750000000,cached=75000000,out=3750000000
        gemini gemini-3.7-flash chat in=750000000,cached=75000000,out=3750000000
        gemini gemini-3.8-flash chat in=750000000,cached=75000000,out=3750000000
        gemini gemini-4-argon chat in=2000000000,cached=100000000,out=10000000000
        gemini gemini-embedding-001 embedding in=150000000,out=0
        gemini gemini-embedding-2 embedding in=200000000,out=0,audioin=6500000000,imagein=450000000
        groq canopylabs/orpheus-v1-english speech char=22000000000
        groq openai/gpt-oss-120b chat in=150000000,cached=75000000,out=600000000
        groq openai/gpt-oss-20b chat in=75000000,cached=37500000,out=300000000
        groq openai/gpt-oss-safeguard-20b chat in=75000000,cached=37000000,out=300000000
        groq qwen/qwen3.8-27b chat in=800000000,out=4000000000
        groq whisper-large-v3 transcription second=30830000000
        groq whisper-large-v3-turbo transcription second=11110000000
        openai gpt-3.5-turbo chat in=500000000,out=1500000000
        openai gpt-4-turbo chat in=10000000000,out=30000000000
        openai gpt-4.1 chat in=2000000000,cached=500000000,out=8000000000
        openai gpt-4.1-mini chat in=400000000,cached=100000000,out=1600000000
        openai gpt-4.1-nano chat in=100000000,cached=25000000,out=400000000
        openai gpt-4o chat in=2500000000,cached=1250000000,out=10000000000
        openai gpt-4o-mini chat in=150000000,cached=75000000,out=600000000
        openai gpt-4o-mini-transcribe transcription in=1250000000,out=5000000000,audioin=1250000000,\
        second=50000000000
        openai gpt-4o-mini-tts speech in=600000000,out=10000000000,audioout=12000000000
        openai gpt-4o-transcribe transcription in=2500000000,out=10000000000,audioin=2500000000,\
        second=100000000000
        openai gpt-5 chat in=1250000000,cached=125000000,out=10000000000
        openai gpt-5-mini chat in=250000000,cached=25000000,out=2000000000
        openai gpt-5-nano chat in=50000000,cached=5000000,out=400000000
        openai gpt-5.1 chat in=1250000000,cached=125000000,out=10000000000
        openai gpt-5.2 chat in=1750000000,cached=175000000,out=14000000000
        openai gpt-5.4 chat in=2500000000,cached=250000000,out=15000000000,above=272000,longin=5000000000,\
        longcached=500000000,longout=22500000000
        openai gpt-5.4-mini chat in=750000000,cached=75000000,out=4500000000
        openai gpt-5.4-nano chat in=200000000,cached=20000000,out=1250000000
        openai gpt-5.5 chat in=5000000000,cached=500000000,out=30000000000,above=272000,longin=10000000000,\
        longcached=1000000000,longout=45000000000
        openai gpt-5.5-pro responses in=30000000000,out=180000000000,above=272000,longin=60000000000,\
        longout=270000000000
        openai gpt-5.6 chat in=4000000000,cached=400000000,write=5000000000,out=20000000000,above=272000,\
        longin=8000000000,longcached=800000000,longout=30000000000
        openai gpt-5.6-luna chat in=200000000,cached=20000000,write=250000000,out=1200000000,above=272000,\
        longin=400000000,longcached=40000000,longout=1800000000
        openai gpt-5.6-sol chat in=4000000000,cached=400000000,write=5000000000,out=20000000000,above=272000,\
        longin=8000000000,longcached=800000000,longout=30000000000
        openai gpt-5.6-terra chat in=2000000000,cached=200000000,write=2500000000,out=12000000000,above=272000,\
        longin=4000000000,longcached=400000000,longout=18000000000
        openai gpt-6-luna chat in=100000000,cached=10000000,write=125000000,out=500000000,above=272000,\
        longin=200000000,longcached=20000000,longout=750000000
        openai gpt-6-sol chat in=2000000000,cached=200000000,write=2500000000,out=10000000000,above=272000,\
        longin=4000000000,longcached=400000000,longout=15000000000
        openai gpt-6.1-sol chat in=2000000000,cached=100000000,write=2500000000,out=10000000000,above=272000,\
        longin=4000000000,longcached=200000000,longout=15000000000
        openai gpt-6.1-terra chat in=1000000000,cached=50000000,write=1250000000,out=5000000000,above=272000,\
        longin=2000000000,longcached=100000000,longout=7500000000
        openai gpt-audio chat in=2500000000,out=10000000000,audioin=32000000000,audioout=64000000000
        openai gpt-audio-mini chat in=600000000,out=2400000000,audioin=10000000000,audioout=20000000000
        openai gpt-image-1 image in=5000000000,cached=1250000000,imagein=10000000000,imageout=40000000000
        openai gpt-image-1-mini image in=2000000000,cached=200000000,imagein=2500000000,imageout=8000000000
        openai gpt-image-1.5 image in=5000000000,cached=1250000000,out=10000000000,imagein=8000000000,\
        imageout=32000000000
        openai gpt-image-2 image in=5000000000,cached=1250000000,imagein=8000000000,imageout=30000000000
        openai gpt-image-2.5-flare image in=5000000000,cached=1250000000,imagein=8000000000,imageout=30000000000
        openai gpt-image-2.5-sunburst image in=5000000000,cached=1250000000,imagein=8000000000,\
        imageout=30000000000
        openai gpt-transcribe transcription second=75000000000
        openai o1 chat in=15000000000,cached=7500000000,out=60000000000
        openai o3 chat in=2000000000,cached=500000000,out=8000000000
        openai o3-mini chat in=1100000000,cached=550000000,out=4400000000
        openai o4-mini chat in=1100000000,cached=275000000,out=4400000000
        openai omni-moderation-latest moderation in=0,out=0
        openai text-embedding-3-large embedding in=130000000,out=0
        openai text-embedding-3-small embedding in=20000000,out=0
        openai text-embedding-ada-002 embedding in=100000000,out=0
        openai tts-1 speech char=15000000000
        openai whisper-1 transcription second=100000000000
        openrouter anthropic/claude-haiku-4.5 chat in=1000000000,cached=100000000,write=1250000000,\
        out=5000000000
        openrouter anthropic/claude-opus-4.5 chat in=5000000000,cached=500000000,write=6250000000,\
        out=25000000000
        openrouter anthropic/claude-sonnet-4.5 chat in=3000000000,cached=300000000,write=3750000000,\
        out=15000000000
        openrouter deepseek/deepseek-v3.2 chat in=250000000,out=380000000
        openrouter google/gemini-2.5-flash chat in=300000000,cached=30000000,write=383300000,out=2500000000
        openrouter google/gemini-2.5-pro chat in=1250000000,cached=125000000,write=1625000000,out=10000000000
        openrouter google/gemini-3-flash-preview chat in=500000000,cached=50000000,out=3000000000
        openrouter meta-llama/llama-3.3-70b-instruct chat in=100000000,out=320000000
        openrouter mistralai/mistral-large-2512 chat in=500000000,out=1500000000
        openrouter openai/gpt-4.1-mini chat in=400000000,cached=100000000,out=1600000000
        openrouter openai/gpt-4o-mini chat in=150000000,cached=75000000,out=600000000
        openrouter openai/gpt-5.1 chat in=1250000000,cached=125000000,out=10000000000
        openrouter openai/gpt-5.2 chat in=1750000000,cached=175000000,out=14000000000
        openrouter qwen/qwen3-max chat in=1200000000,cached=240000000,out=6000000000
        openrouter x-ai/grok-4 chat in=3000000000,cached=750000000,out=15000000000
        openrouter z-ai/glm-4.6 chat in=350000000,out=1500000000
        """
}
