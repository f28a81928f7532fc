#!/usr/bin/env bash
# Makes a release in DIR: the program, its man page and completions, the bill of materials, a .tar.gz, a .deb and an .rpm, and checksums.
# The same source and the same Go give the same bytes. usage: docs/deploy/build.sh VERSION DIR
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: docs/deploy/build.sh VERSION DIR" >&2; exit 2; }
cd "$(dirname "$0")/../.."
export VERSION=$1 OUT=$2 ARCH=${ARCH:-amd64}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
mkdir -p "$OUT"
CGO_ENABLED=0 GOOS=linux GOARCH=$ARCH go build -trimpath -ldflags "-s -w -buildid= -X main.version=$VERSION" -o "$OUT/handrail" ./cmd/handrail
host() { CGO_ENABLED=0 go run -trimpath -ldflags "-X main.version=$VERSION" ./cmd/handrail "$@"; }
host man | gzip -9n >"$OUT/handrail.1.gz"
host completion bash >"$OUT/handrail.bash"
host completion zsh >"$OUT/_handrail"
host completion fish >"$OUT/handrail.fish"
host version --sbom >"$OUT/handrail.cdx.json"
for kind in deb rpm; do
  go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2 package -f docs/deploy/nfpm.yaml -p "$kind" -t "$OUT"
done
# The same for whoever installs no package: the program with its pages, the shipped policies with their tests, and the example configuration.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/handrail/policies" "$tree/handrail/docs"
cp "$OUT/handrail" README.md README.fr.md CHANGELOG.md LICENSE config.example.toml "$tree/handrail/"
cp rules/policies/*.toml "$tree/handrail/policies/"
cp -r docs/*.md docs/assessment docs/images "$tree/handrail/docs/"
chmod -R u=rwX,go=rX "$tree/handrail"
tar -C "$tree" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - handrail | gzip -9n >"$OUT/handrail_${VERSION}_${ARCH}.tar.gz"
(cd "$OUT" && sha256sum handrail *.tar.gz *.deb *.rpm *.json >SHA256SUMS)
ls "$OUT"
