# One image for all roles and commands: `start poller`, `start feeds`, `start articles`, `list` and so on.
# For amd64 and arm64 alike: docker buildx build --platform linux/amd64,linux/arm64 .

# What we compile and install is JavaScript, the same on every platform, so it is built once, on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY db db
COPY workers workers
RUN npm run build -- --sourceMap false \
 && rm -f dist/.tsbuildinfo

# Production packages only. The embedded Postgres, an optional package, is left out: its data would be lost with the container.
# Type declarations and source maps make up two fifths of the size of the packages.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' -o -iname 'readme.md' -o -iname 'changelog.md' \) -delete \
 && rm -rf node_modules/@opentelemetry/*/build/esm node_modules/@opentelemetry/*/build/esnext \
 && find node_modules -type d -empty -delete

# The base image without what we don't need: npm, Perl, apt.
FROM node:24-bookworm-slim AS root
COPY scripts/image-root.sh /
RUN /image-root.sh /image

FROM scratch
COPY --from=root /image /
ENV NODE_ENV=production \
    LOG_FORMAT=json \
    HEARTBEAT_FILE=/tmp/feedmill-heartbeat \
    PATH=/usr/local/bin:/usr/bin:/bin
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY --chmod=755 bin bin
COPY scripts/setup.mjs scripts/
COPY db/migrations db/migrations
COPY db/contract db/contract
COPY rules rules
COPY --from=build /app/dist dist
USER node
# A worker touches its heartbeat file every 5 s as long as its event loop runs and its database and queue answer. `feedmill health`
# checks the same file, but starting Node for every check of every container would keep a CPU busy; the shell takes milliseconds.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD [ -n "$(find "$HEARTBEAT_FILE" -newermt '30 seconds ago')" ] || { echo 'no heartbeat for 30 seconds'; exit 1; }
ENTRYPOINT ["feedmill"]
CMD ["start", "all", "--no-sampler"]
