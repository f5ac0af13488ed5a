#!/bin/sh
# Makes every secret that compose.yaml asks for and that is not there yet, each in a file of its own.
# Usage: secrets.sh [FOLDER]; without one, `secrets` beside this file. Nothing that exists is changed.
set -eu

folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"  # nobody else of this machine comes in; containers get the files one by one

random() {
  od -An -N 32 -t x1 /dev/urandom | tr -d ' \n'
}

# Containers read them as users of their own, whom the folder does not keep out.
keep() {
  if [ ! -e "$folder/$1" ]; then
    printf '%s\n' "$2" >"$folder/$1"
    chmod 0644 "$folder/$1"
  fi
}

known() {
  cat "$folder/$1"
}

for name in database_password owner_password serving_password redis_password qdrant_key signing metrics_token; do
  keep "$name" "$(random)"
done
keep owner_url "postgresql://pageside_owner:$(known owner_password)@database:5432/pageside"
keep serving_url "postgresql://pageside:$(known serving_password)@database:5432/pageside"
keep redis_url "redis://:$(known redis_password)@valkey:6379/0"
keep valkey.conf "requirepass $(known redis_password)"
keep qdrant.yaml "service: {api_key: $(known qdrant_key)}"
for name in openai_key jwt_secret; do
  keep "$name" ""  # empty: not used
done
