#!/bin/sh
# For certbot: `--deploy-hook /path/to/deploy/renewed.sh`. Gives the proxy its new certificate.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$here/certs"
for file in fullchain.pem privkey.pem; do
  install -o 101 -g 101 -m 0400 "${RENEWED_LINEAGE:?certbot says where the certificate is}/$file" "$here/certs/$file"
done
cd "$here"
if [ -n "$(docker compose ps --quiet proxy)" ]; then
  docker compose kill --signal HUP proxy
fi
