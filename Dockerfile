# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
# The contract under openapi/ is committed; only a developer's build writes it.
RUN dotnet publish src/KestraGitHub -c Release -a $TARGETARCH --no-self-contained -o /app -p:OpenApiGenerateDocumentsOnBuild=false -p:DebugType=none

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# git and ssh read repositories; util-linux has setsid, which keeps their processes in one group with the call; tzdata is for schedules.
RUN apt-get update \
 && apt-get install -y --no-install-recommends git openssh-client util-linux ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o app -g app -m 700 /data && install -d /definitions
WORKDIR /app
COPY --from=build /app .
# Nothing outside /data and /tmp is written: the root may be read-only. /tmp takes what is too large to be held, such as a ZIP of namespace files.
ENV Urls=http://0.0.0.0:5080 ASPNETCORE_HTTP_PORTS= Data__Path=/data Definitions__Path=/definitions DOTNET_EnableDiagnostics=0
USER app
VOLUME /data
EXPOSE 5080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --start-interval=2s CMD ["./kestra-github", "health"]
ENTRYPOINT ["./kestra-github"]
