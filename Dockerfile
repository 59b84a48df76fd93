# syntax=docker/dockerfile:1
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/KestraGitHub -c Release -o /app --no-self-contained -r linux-x64

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# git and ssh read repositories; setpriv makes sure that none of their processes outlives the service.
RUN apt-get update && apt-get install -y --no-install-recommends git openssh-client util-linux ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app .
ENV Urls=http://0.0.0.0:5080 Data__Path=/data Definitions__Path=/definitions
RUN mkdir /data /definitions && chown app:app /data
USER app
VOLUME /data
EXPOSE 5080
ENTRYPOINT ["./kestra-github"]
