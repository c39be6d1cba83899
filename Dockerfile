# Build with the Swift toolchain, run on a small Debian without it.
FROM swift:6.3-bookworm AS build
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libcurl4-openssl-dev libhiredis-dev libjemalloc-dev libpq-dev libssl-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
COPY Benchmarks ./Benchmarks
RUN swift build -c release --product martlet --static-swift-stdlib \
    && install -D .build/release/martlet /out/martlet

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates curl libcurl4 libhiredis0.14 libjemalloc2 libpq5 libsqlite3-0 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/martlet --create-home martlet
COPY --from=build /out/martlet /usr/local/bin/martlet
COPY policies /etc/martlet/policies
USER martlet
WORKDIR /var/lib/martlet
ENV MARTLET_LISTEN=0.0.0.0:8080 \
    MARTLET_DATA_DIR=/var/lib/martlet/data \
    MARTLET_POLICIES_DIR=/etc/martlet/policies
VOLUME ["/var/lib/martlet"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD curl -fsS http://127.0.0.1:8080/health/live || exit 1
ENTRYPOINT ["martlet"]
CMD ["serve"]
