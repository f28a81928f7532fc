# One static program in an empty image: no shell, no root, nothing to write but the volume at /data.
#   docker build --build-arg VERSION=1.0.0 --build-arg COMMIT=$(git rev-parse HEAD) -t handrail .
# Once, to make the ledger, then without the last words for the job:
#   docker run --rm --read-only -v handrail:/data -v ./handrail.toml:/etc/handrail/handrail.toml:ro handrail ledger create --config /etc/handrail/handrail.toml
#   docker run --read-only --user 65532:65532 -v handrail:/data -v ./handrail.toml:/etc/handrail/handrail.toml:ro handrail
FROM golang:1.26 AS build
ARG VERSION=dev
ARG COMMIT=unknown
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=${VERSION} -X main.revision=${COMMIT}" -o /out/handrail ./cmd/handrail \
 && mkdir -p /out/data && chmod 700 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/handrail /handrail
COPY --from=build --chown=65532:65532 /out/data /data
# Its pages, the shipped policies with their tests and the example configuration: also by `handrail docs` and `handrail policy show`.
COPY --from=build /src/config.example.toml /src/README.md /src/README.fr.md /src/LICENSE /usr/share/doc/handrail/
COPY --from=build /src/docs /usr/share/doc/handrail/docs
COPY --from=build /src/rules/policies /usr/share/doc/handrail/policies
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 9464
ENTRYPOINT ["/handrail"]
CMD ["run", "--log", "json", "--config", "/etc/handrail/handrail.toml"]
