#!/bin/sh
# Replaces the servers of the compose file by those of the image as it is now, while readers go on.
# New ones stand beside the old ones first; each old one then ends its answers before it goes.
set -eu

cd "$(dirname -- "$0")"
old=$(docker compose ps --quiet pageside)
count=$(printf '%s\n' "$old" | grep -c .)

docker compose run --rm migrate
docker compose run --rm index
docker compose up --detach --wait --no-deps --no-recreate --scale "pageside=$((count * 2))" pageside
for server in $old; do
  docker stop --time 45 "$server"
  docker rm "$server"
done
docker compose up --detach --no-deps --no-recreate --scale "pageside=$count" pageside
